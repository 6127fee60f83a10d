/** Messages that could not be carried out: why, what they say, and once more to where they came from. */

import { Button, Drawer, Form, Input, Space, Tabs } from "antd";
import { useState } from "react";
import { newId } from "../../shared/api";
import { count } from "../../shared/format";
import { named, t } from "../../shared/i18n";
import type { DeadLetterShown, LettersReplayed, ReplayLetters } from "../../shared/types";
import { useConfirm } from "../parts/confirm";
import { type Column, PagedTable } from "../parts/data-table";
import { useListed } from "../parts/listed";
import { Head } from "../parts/page";
import { When } from "../parts/words";
import { useQuery } from "../query";
import { useShop } from "../shop";

const STATES = ["open", "replayed"];
const AT_ONCE = 100;

export default function Letters() {
  const [query, setQuery] = useQuery();
  return (
    <>
      <Head title={t("desk.letters")} lead={t("desk.letters_lead")} />
      <Tabs
        activeKey={query.get("tab") ?? "open"}
        destroyOnHidden
        onChange={(tab) => setQuery({ tab, q: "", page: "", sort: "" })}
        items={STATES.map((state) => ({
          key: state,
          label: t(`letter.${state}`),
          children: <List state={state} />,
        }))}
      />
    </>
  );
}

function List({ state }: { state: string }) {
  const shop = useShop();
  const pages = useListed<"letters", DeadLetterShown>("dead-letters", "letters", { state });
  const [read, setRead] = useState<DeadLetterShown | null>(null);
  const [confirm, place] = useConfirm(() => {
    setRead(null);
    pages.reload();
  });
  const replay = (letters: readonly DeadLetterShown[], body?: string) => {
    const asked: ReplayLetters = {
      id: newId(),
      letters: letters.map(({ letter }) => letter) as [string, ...string[]],
      ...(body === undefined ? {} : { body }),
    };
    confirm({
      title: t("desk.replay"),
      content: (
        <>
          <p>{t("desk.replay_lead", { count: letters.length })}</p>
          <ul>
            {[...new Set(letters.map(({ replays_to }) => replays_to ?? "–"))].map((to) => (
              <li key={to}>{named("function", to)}</li>
            ))}
          </ul>
        </>
      ),
      choices: [
        {
          label: t("desk.replay"),
          work: () => shop.ask<LettersReplayed>("POST", "dead-letters/replay", { body: asked }),
        },
      ],
    });
  };
  const columns: Column<DeadLetterShown>[] = [
    { key: "at", title: t("desk.at"), of: ({ at }) => at, show: ({ at }) => <When at={at} /> },
    {
      key: "function",
      title: t("desk.came_to"),
      of: (letter) => named("function", letter.function),
    },
    { key: "code", title: t("desk.code"), of: ({ code }) => code },
    { key: "reason", title: t("desk.why"), of: ({ reason }) => reason },
    ...(state === "replayed"
      ? [
          {
            key: "by",
            title: t("desk.by"),
            of: ({ replayed_by }: DeadLetterShown) => replayed_by,
          },
        ]
      : []),
    {
      key: "acts",
      title: t("desk.acts"),
      of: () => null,
      show: (letter) => (
        <Space>
          <Button size="small" onClick={() => setRead(letter)}>
            {t("desk.read")}
          </Button>
          {state === "open" && letter.replays_to !== null && (
            <Button size="small" onClick={() => replay([letter])}>
              {t("desk.replay")}
            </Button>
          )}
        </Space>
      ),
    },
  ];
  const some = pages.rows.filter(({ replays_to }) => replays_to !== null).slice(0, AT_ONCE);
  return (
    <>
      {place}
      {state === "open" && some.length > 1 && (
        <Button onClick={() => replay(some)}>
          {t("desk.replay_all", { n: count(some.length) })}
        </Button>
      )}
      <PagedTable
        name={t("desk.letters")}
        columns={columns}
        pages={pages}
        keyOf={({ letter }) => letter}
        none={t("desk.no_letters")}
      />
      {read && (
        <Letter
          key={read.letter}
          letter={read}
          close={() => setRead(null)}
          replay={state === "open" && read.replays_to !== null ? replay : null}
        />
      )}
    </>
  );
}

interface LetterProps {
  letter: DeadLetterShown;
  close: () => void;
  replay: ((letters: readonly DeadLetterShown[], body?: string) => void) | null;
}

/** What a letter says; mended, it is replayed so. A body that was cut short is not: it is not whole. */
function Letter({ letter, close, replay }: LetterProps) {
  const [body, setBody] = useState(pretty(letter.body));
  const isMended = body !== pretty(letter.body);
  const isJson = readable(body);
  return (
    <Drawer open onClose={close} size="large" title={t("desk.letter_of", { what: letter.code })}>
      <p>{letter.reason}</p>
      {letter.cut && <p className="quiet">{t("desk.letter_cut")}</p>}
      <Form layout="vertical">
        <Form.Item
          label={t("desk.body")}
          htmlFor="letter-body"
          validateStatus={isJson ? "" : "error"}
          help={isJson ? undefined : t("desk.not_json")}
        >
          <Input.TextArea
            id="letter-body"
            className="code"
            rows={22}
            readOnly={!replay || letter.cut}
            value={body}
            onChange={(event) => setBody(event.target.value)}
          />
        </Form.Item>
        {replay && (
          <Button
            type="primary"
            disabled={!isJson}
            onClick={() => replay([letter], isMended ? body : undefined)}
          >
            {t(isMended ? "desk.replay_mended" : "desk.replay")}
          </Button>
        )}
      </Form>
    </Drawer>
  );
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function readable(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}
