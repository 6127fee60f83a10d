/** Lines over days: drawn by uPlot, and said in a table beside it for those who do not see. */

import { useEffect, useRef } from "react";
import type { Options } from "uplot";
import "uplot/dist/uPlot.min.css";
import { useMedia } from "../../shared/hooks";
import { t } from "../../shared/i18n";

export interface Line {
  title: string;
  values: readonly (number | null)[];
}

interface Props {
  name: string;
  /** ISO 8601 days. */
  days: readonly string[];
  lines: readonly Line[];
  show: (value: number) => string;
  height?: number;
}
const COLOURS = {
  light: { ink: "#58615e", grid: "#e4e1d8", lines: ["#0b6b5d", "#875400", "#0b5cad", "#8a2f5b"] },
  dark: { ink: "#a9b3b0", grid: "#2f3735", lines: ["#6fd3c1", "#e8b04b", "#7ab6f5", "#f0a0c0"] },
};

export function Chart({ name, days, lines, show, height = 240 }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const isDark = useMedia("(prefers-color-scheme: dark)");
  const said = JSON.stringify([days, lines]);
  useEffect(() => {
    const box = place.current;
    if (!box) return undefined;
    const { ink, grid, lines: strokes } = COLOURS[isDark ? "dark" : "light"];
    const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
    const options: Options = {
      width: box.clientWidth,
      height,
      scales: { x: { time: false } },
      series: [
        { label: t("desk.day"), value: (_, at) => days[at ?? -1] ?? "" },
        ...lines.map(({ title }, at) => ({
          label: title,
          stroke: strokes[at % strokes.length] ?? ink,
          width: 2,
          points: { show: days.length < 3 },
          value: (_: unknown, value: number | null) => (value == null ? "–" : show(value)),
        })),
      ],
      axes: [
        { ...axis, grid: { show: false }, values: (_, ticks) => ticks.map((at) => days[at]?.slice(5) ?? "") },
        { ...axis, size: 90, values: (_, ticks) => ticks.map((value) => show(value)) },
      ],
    };
    const stopped = new AbortController();
    // What draws is fetched beside the page, not before it; without it the table still says all.
    void import("uplot").then(({ default: UPlot }) => {
      if (stopped.signal.aborted) return;
      const values = [days.map((_, at) => at), ...lines.map((line) => [...line.values])];
      const chart = new UPlot(options, values as never, box);
      const resized = new ResizeObserver(() => chart.setSize({ width: box.clientWidth, height }));
      resized.observe(box);
      stopped.signal.addEventListener("abort", () => {
        resized.disconnect();
        chart.destroy();
      });
    }, () => undefined);
    return () => stopped.abort();
  }, [said, isDark, height]);
  return <div ref={place} role="img" aria-label={name} className="chart" style={{ minHeight: height }} />;
}
