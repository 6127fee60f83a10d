/** An application to become a merchant: what is missing, its steps, and what was said to it. */

import { Alert, Button, Space } from "antd";
import { useEffect } from "react";
import { Link } from "wouter";
import { useConfirm } from "../../desk/parts/confirm";
import { Failure } from "../../desk/parts/failure";
import { ApiError } from "../../shared/api";
import { moment, percent } from "../../shared/format";
import { useAct, useAnswer, useDraft, useLeaveGuard } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import type { ApplicationShown } from "../../shared/types";
import { bpsOf, Field, Head, typedBps } from "../parts";
import { useWho, Waiting } from "../store";

const NEEDED = ["name", "contact", "licence", "address", "category"] as const;
const NOT_FOUND = 404;

type Typed = Record<(typeof NEEDED)[number] | "concession" | "attachments" | "code", string>;

export default function Application() {
  const { ask } = useWho();
  const answer = useAnswer<ApplicationShown | null>(
    (signal) =>
      ask<ApplicationShown>("GET", "me/application", { signal }).catch((failed) => {
        if (failed instanceof ApiError && failed.status === NOT_FOUND) return null;
        throw failed;
      }),
    [],
  );
  useEffect(() => {
    document.title = `${t("merchant.application")} · ${t("brand")}`;
  }, []);
  const seen = answer.data;
  const isOver = seen === null || seen.state === "rejected";
  const mayEdit = isOver || seen.state === "draft" || (seen.state === "negotiating" && seen.asked);
  if (answer.isLoading && answer.at === null) return <Waiting answer={answer} />;
  return (
    <>
      <Head title={t("merchant.application")} at={answer.at} />
      {answer.error !== null && <Waiting answer={answer} />}
      <p>{t("merchant.apply_lead")}</p>
      {seen && <State seen={seen} />}
      {answer.error === null && mayEdit && (
        <Form key={seen?.id ?? "new"} seen={isOver ? null : seen} done={answer.reload} />
      )}
      {seen && <Steps seen={seen} />}
    </>
  );
}

function State({ seen }: { seen: ApplicationShown }) {
  const { reload } = useWho();
  const text = t(`merchant.apply_${seen.state === "negotiating" && seen.asked ? "asked" : seen.state}`);
  const agreed = seen.agreed_concession_bps;
  return (
    <Alert
      type={seen.state === "approved" ? "success" : seen.state === "rejected" ? "error" : "info"}
      showIcon
      title={text}
      description={
        <>
          {seen.reason && <p>{seen.reason}</p>}
          {agreed !== null && <p>{t("merchant.agreed", { share: percent(agreed) })}</p>}
          {seen.state === "approved" && (
            <Link href="/" onClick={reload}>
              {t("merchant.to_store")}
            </Link>
          )}
        </>
      }
    />
  );
}

function Form({ seen, done }: { seen: ApplicationShown | null; done: () => void }) {
  const { ask } = useWho();
  const stored: Typed = {
    name: seen?.name ?? "",
    contact: seen?.contact ?? "",
    licence: seen?.licence ?? "",
    address: seen?.address ?? "",
    category: seen?.category ?? "",
    concession: typedBps(seen?.concession_bps ?? null),
    attachments: seen?.attachments.join("\n") ?? "",
    code: "",
  };
  const [typed, change, drop] = useDraft("application", stored);
  const { isBusy, error, act } = useAct();
  const [confirm, question] = useConfirm(() => {
    drop();
    done();
  });
  const isChanged = JSON.stringify(typed) !== JSON.stringify(stored);
  useLeaveGuard(isChanged);
  const missing = NEEDED.filter((name) => typed[name].trim() === "");
  const concession = bpsOf(typed.concession);
  const isWrong = typed.concession.trim() !== "" && concession === null;
  const set = (name: keyof Typed) => (value: string) => change({ ...typed, [name]: value });
  const keep = () =>
    ask("PUT", "me/application", {
      body: {
        ...Object.fromEntries(NEEDED.map((name) => [name, typed[name].trim()])),
        concession_bps: concession,
        attachments: typed.attachments.split(/\s+/).filter(Boolean),
        ...(typed.code.trim() === "" ? {} : { code: typed.code.trim() }),
      },
    });
  const save = async () => {
    if (await act(async () => void (await keep()))) {
      drop();
      done();
    }
  };
  const submit = () =>
    confirm({
      title: t("merchant.apply_confirm"),
      content: <p>{t("merchant.apply_final", { name: typed.name })}</p>,
      choices: [
        {
          label: t("merchant.apply_submit"),
          work: async () => {
            await keep();
            await ask("POST", "me/application/submit", { body: {} });
          },
        },
      ],
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {NEEDED.map((name) => (
        <Field
          key={name}
          label={t(`merchant.apply_${name}`)}
          value={typed[name]}
          change={set(name)}
        />
      ))}
      <Field
        label={t("merchant.apply_concession")}
        value={typed.concession}
        isNumber
        isWrong={isWrong}
        note={t("merchant.apply_concession_note")}
        change={set("concession")}
      />
      <Field
        label={t("merchant.apply_attachments")}
        value={typed.attachments}
        note={t("merchant.apply_attachments_note")}
        change={set("attachments")}
      />
      <Field label={t("merchant.apply_code")} value={typed.code} change={set("code")} />
      <p role="status">
        {missing.length === 0
          ? t("merchant.nothing_missing")
          : t("merchant.missing", {
              names: missing.map((name) => t(`merchant.apply_${name}`)).join(t("merchant.comma")),
            })}
      </p>
      <Space wrap>
        <Button loading={isBusy} disabled={!isChanged || isWrong} onClick={() => void save()}>
          {t("merchant.apply_save")}
        </Button>
        <Button type="primary" htmlType="submit" disabled={missing.length > 0 || isWrong}>
          {t("merchant.apply_submit")}
        </Button>
      </Space>
      {error !== null && <Failure error={error} />}
      {question}
    </form>
  );
}

/** Each step with when it was and what was said, the newest first. */
function Steps({ seen }: { seen: ApplicationShown }) {
  if (seen.steps.length === 0) return null;
  return (
    <section>
      <h2>{t("merchant.steps")}</h2>
      <ol className="steps" reversed>
        {[...seen.steps].reverse().map((step) => (
          <li key={step.at}>
            <time dateTime={step.at}>{moment(step.at)}</time> {t(`merchant.apply_step_${step.state}`)}
            {step.note && step.note !== "edited" && <blockquote>{step.note}</blockquote>}
          </li>
        ))}
      </ol>
    </section>
  );
}
