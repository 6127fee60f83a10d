/** What members are told: one kind at a time, with a preview of real values. */

import { Button, Form, Input, Select, Space } from "antd";
import { useState } from "react";
import { useAct, useAnswer, useDraft, useLeaveGuard } from "../../shared/hooks";
import { locale, LOCALES, t } from "../../shared/i18n";
import { noticeName } from "../../shared/names";
import type { Wording } from "../../shared/types";
import { Failure } from "../parts/failure";
import { Answered, Head } from "../parts/page";
import { When } from "../parts/words";
import { useQuery } from "../query";
import { useShop } from "../shop";

export default function Notices() {
  const { ask } = useShop();
  const [query, setQuery] = useQuery();
  const answer = useAnswer<{ wordings: Wording[] }>(
    (signal) => ask("GET", "notices/wordings", { signal }),
    [],
  );
  const language = query.get("of") ?? locale();
  return (
    <>
      <Head title={t("desk.notices")} lead={t("desk.notices_lead")} at={answer.at} />
      <Answered answer={answer}>
        {({ wordings }) => {
          const kind = query.get("kind") ?? wordings[0]?.kind ?? "";
          const chosen = wordings.find((each) => each.kind === kind && each.locale === language);
          return (
            <>
              <Space wrap>
                <Select
                  aria-label={t("desk.kind")}
                  className="wide-select"
                  value={kind}
                  onChange={(next) => setQuery({ kind: next })}
                  options={[...new Set(wordings.map((each) => each.kind))].map((value) => ({
                    value,
                    label: noticeName(value),
                  }))}
                />
                <Select
                  aria-label={t("language")}
                  value={language}
                  onChange={(next) => setQuery({ of: next })}
                  options={Object.entries(LOCALES).map(([value, label]) => ({ value, label }))}
                />
              </Space>
              {chosen && (
                <Editor
                  key={`${chosen.locale}.${chosen.kind}.${chosen.version}`}
                  wording={chosen}
                  saved={answer.reload}
                />
              )}
            </>
          );
        }}
      </Answered>
    </>
  );
}

function Editor({ wording, saved }: { wording: Wording; saved: () => void }) {
  const { ask } = useShop();
  const { locale: of, kind, version } = wording;
  const [text, setText, drop] = useDraft(`wording.${of}.${kind}.${version}`, wording.text);
  const [isDone, setDone] = useState(false);
  const { isBusy, error, act } = useAct();
  const isChanged = text !== wording.text;
  useLeaveGuard(isChanged);
  const save = async (next: string | null) => {
    const body = { locale: of, kind, text: next, version };
    if (await act(() => ask("PUT", "notices/wordings", { body }))) {
      drop();
      setDone(true);
      saved();
    }
  };
  return (
    <Form layout="vertical" className="narrow" onFinish={() => void save(text)}>
      <Form.Item label={noticeName(kind)} htmlFor="wording">
        <Input.TextArea
          id="wording"
          lang={of}
          rows={3}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </Form.Item>
      <p className="quiet">
        {t("desk.names")}{" "}
        {wording.names.map((name) => (
          <code key={name}>{`{${name}}`} </code>
        ))}
      </p>
      {wording.saved_at && (
        <p className="quiet">
          {wording.saved_by}, <When at={wording.saved_at} />
        </p>
      )}
      {error !== null && <Failure error={error} />}
      <Space>
        <Button type="primary" htmlType="submit" loading={isBusy} disabled={!isChanged}>
          {t("desk.save_wording")}
        </Button>
        {isChanged && <Button onClick={drop}>{t("desk.discard")}</Button>}
        {version > 0 && wording.text !== wording.default && (
          <Button loading={isBusy} onClick={() => void save(null)}>
            {t("desk.default_wording")}
          </Button>
        )}
        <span role="status">{isDone && !isChanged && t("desk.wording_saved")}</span>
      </Space>
    </Form>
  );
}
