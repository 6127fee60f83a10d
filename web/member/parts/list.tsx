/** A long list of which only what is near the window is drawn: chunks far from it are as high as
 * they were, and empty. */

import type { ReactNode } from "react";
import { useEffect, useRef, useState } from "react";
import { t } from "../../shared/i18n";

const CHUNK = 20;
const NEAR = "800px 0px";

interface Props<Row> {
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  show: (row: Row, at: number) => ReactNode;
  /** Loads what is not here yet, if anything is not. */
  more?: (() => void) | undefined;
  className?: string;
}

export function LongList<Row>({ rows, keyOf, show, more, className }: Props<Row>) {
  const chunks = Array.from({ length: Math.ceil(rows.length / CHUNK) }, (_, at) => at * CHUNK);
  return (
    <>
      <div role="list" className={className}>
        {chunks.map((start) => (
          <Chunk key={start} isFirst={start === 0}>
            {() =>
              rows.slice(start, start + CHUNK).map((row, at) => (
                <div role="listitem" key={keyOf(row)}>
                  {show(row, start + at)}
                </div>
              ))
            }
          </Chunk>
        ))}
      </div>
      {more && <More more={more} />}
    </>
  );
}

function Chunk({ isFirst, children }: { isFirst: boolean; children: () => ReactNode }) {
  const [isNear, setNear] = useState(isFirst);
  const box = useRef<HTMLDivElement>(null);
  const height = useRef(CHUNK * 64);
  useSight(box, NEAR, (inSight) => {
    if (!inSight && box.current?.firstChild) height.current = box.current.offsetHeight;
    setNear(inSight);
  });
  // Set by script and not by an attribute, which the policy of the pages forbids.
  useEffect(() => {
    if (box.current) box.current.style.minHeight = isNear ? "" : `${height.current}px`;
  }, [isNear]);
  return (
    <div role="none" ref={box}>
      {isNear && children()}
    </div>
  );
}

function More({ more }: { more: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useSight(button, "0px", (inSight) => {
    if (inSight) more();
  });
  return (
    <button type="button" className="more" ref={button} onClick={more}>
      {t("more")}
    </button>
  );
}

/** Tell when an element comes into sight, or near it, and when it leaves. */
function useSight(
  element: { current: Element | null },
  margin: string,
  tell: (inSight: boolean) => void,
): void {
  const told = useRef(tell);
  told.current = tell;
  useEffect(() => {
    if (!element.current) return undefined;
    const watched = new IntersectionObserver(
      ([entry]) => told.current(entry?.isIntersecting ?? false),
      { rootMargin: margin },
    );
    watched.observe(element.current);
    return () => watched.disconnect();
  }, []);
}
