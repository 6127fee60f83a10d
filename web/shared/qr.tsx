/** A QR code, drawn as one path; the library is loaded only where one is shown. */

import { useAnswer } from "./hooks";

const QUIET_ZONE = 4;

export interface Squares {
  size: number;
  isDark: (row: number, column: number) => boolean;
}

export async function squaresOf(text: string): Promise<Squares> {
  const { default: qrcode } = await import("qrcode-generator");
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  return { size: code.getModuleCount(), isDark: (row, column) => code.isDark(row, column) };
}

export function QrCode({ of, label }: { of: string; label: string }) {
  const { data } = useAnswer<Squares>(() => squaresOf(of), [of]);
  if (!data) return <span className="skeleton qr" />;
  const { size, isDark } = data;
  let path = "";
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++)
      if (isDark(row, column)) path += `M${column + QUIET_ZONE} ${row + QUIET_ZONE}h1v1h-1z`;
  const whole = size + 2 * QUIET_ZONE;
  return (
    <svg className="qr" viewBox={`0 0 ${whole} ${whole}`} role="img" aria-label={label}>
      <rect width={whole} height={whole} fill="#fff" />
      <path d={path} fill="#000" shape-rendering="crispEdges" />
    </svg>
  );
}
