/** A dialog from below: what it is about, what it does, and Cancel, which has the focus. */

import type { ReactNode } from "react";
import { useEffect, useRef } from "react";
import { t } from "../../shared/i18n";

interface Props {
  title: string;
  close: () => void;
  children: ReactNode;
  /** What stands beside Cancel. */
  act?: ReactNode;
  closing?: string;
}

export function Sheet({ title, close, children, act, closing }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-label={title} onClose={close}>
      <h2>{title}</h2>
      {children}
      <div className="row">
        <button type="button" autoFocus onClick={() => dialog.current?.close()}>
          {closing ?? t("cancel")}
        </button>
        {act}
      </div>
    </dialog>
  );
}
