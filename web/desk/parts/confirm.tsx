/** Asks back before what cannot be undone: whom and how much; Cancel has the focus. */

import { Button, Input, Modal, Space } from "antd";
import { type ReactNode, useState } from "react";
import { useAct } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { Failure } from "./failure";

export interface Choice {
  label: string;
  work: () => Promise<void>;
  isDanger?: boolean;
}

export interface Question {
  title: string;
  content: ReactNode;
  choices: readonly Choice[];
  /** What has to be typed first, where much is at stake. */
  typed?: string;
}

/** Return what opens a question, and the place where it appears. */
export function useConfirm(done: () => void): [(question: Question) => void, ReactNode] {
  const [question, setQuestion] = useState<Question | null>(null);
  const close = () => setQuestion(null);
  const place = question && (
    <Asked
      question={question}
      close={close}
      done={() => {
        close();
        done();
      }}
    />
  );
  return [setQuestion, place];
}

function Asked({
  question: { title, content, choices, typed },
  close,
  done,
}: {
  question: Question;
  close: () => void;
  done: () => void;
}) {
  const { isBusy, error, act } = useAct();
  const [said, setSaid] = useState("");
  const isLocked = typed !== undefined && said.trim() !== typed;
  const run = async (work: () => Promise<void>) => {
    if (await act(work)) done();
  };
  return (
    <Modal
      open
      title={title}
      onCancel={close}
      mask={{ closable: false }}
      footer={
        <Space wrap>
          <Button autoFocus onClick={close}>
            {t("cancel")}
          </Button>
          {choices.map(({ label, work, isDanger }) => (
            <Button
              key={label}
              type="primary"
              danger={isDanger ?? false}
              disabled={isLocked}
              loading={isBusy}
              onClick={() => void run(work)}
            >
              {label}
            </Button>
          ))}
        </Space>
      }
    >
      {content}
      {typed !== undefined && (
        <label className="typed">
          {t("type_to_confirm", { typed })}
          <Input value={said} onChange={(event) => setSaid(event.target.value)} />
        </label>
      )}
      {error !== null && <Failure error={error} />}
    </Modal>
  );
}
