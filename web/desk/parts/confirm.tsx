/** Asks back before an act: whom, how much, and why where that is kept; Cancel has the focus. */

import { Button, Input, Modal, Space } from "antd";
import { type ReactNode, useState } from "react";
import { useAct } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { Failure } from "./failure";

export interface Choice {
  label: string;
  /** Gets what was said in the question's field. */
  work: (said: string) => Promise<unknown>;
  isDanger?: boolean;
}

export interface Question {
  title: string;
  content: ReactNode;
  choices: readonly Choice[];
  /** What has to be said with it, such as a reason; it is kept in the trail of acts. */
  asks?: string;
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
  question: { title, content, choices, asks, typed },
  close,
  done,
}: {
  question: Question;
  close: () => void;
  done: () => void;
}) {
  const { isBusy, error, act } = useAct();
  const [said, setSaid] = useState("");
  const [copy, setCopy] = useState("");
  const isLocked =
    (typed !== undefined && copy.trim() !== typed) || (asks !== undefined && !said.trim());
  const run = async (work: Choice["work"]) => {
    if (await act(async () => void (await work(said.trim())))) done();
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
      {asks !== undefined && (
        <label className="typed">
          {asks}
          <Input.TextArea
            rows={2}
            maxLength={500}
            value={said}
            onChange={(event) => setSaid(event.target.value)}
          />
        </label>
      )}
      {typed !== undefined && (
        <label className="typed">
          {t("type_to_confirm", { typed })}
          <Input value={copy} onChange={(event) => setCopy(event.target.value)} />
        </label>
      )}
      {error !== null && <Failure error={error} />}
    </Modal>
  );
}
