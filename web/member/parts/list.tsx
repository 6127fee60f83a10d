/** A long list of which only so much is drawn as was scrolled to. */

import type { ReactNode } from "react";
import { useEffect, useRef, useState } from "react";
import { t } from "../../shared/i18n";

const STEP = 20;

interface Props<Row> {
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  show: (row: Row) => ReactNode;
  /** Loads what is not here yet, if anything is not. */
  more?: (() => void) | undefined;
  className?: string;
}

export function LongList<Row>({ rows, keyOf, show, more, className }: Props<Row>) {
  const [shown, setShown] = useState(STEP);
  const end = useRef<HTMLButtonElement>(null);
  const hasMore = shown < rows.length || more !== undefined;
  const grow = () => {
    if (shown + STEP > rows.length) more?.();
    setShown(Math.min(shown, rows.length) + STEP);
  };
  useEffect(() => {
    if (!end.current || !("IntersectionObserver" in window)) return undefined;
    const seen = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) grow();
    });
    seen.observe(end.current);
    return () => seen.disconnect();
  }, [shown, rows.length, more]);
  return (
    <>
      <ul className={className}>
        {rows.slice(0, shown).map((row) => (
          <li key={keyOf(row)}>{show(row)}</li>
        ))}
      </ul>
      {hasMore && (
        <button type="button" className="more" ref={end} onClick={grow}>
          {t("more")}
        </button>
      )}
    </>
  );
}
