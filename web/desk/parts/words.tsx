/** Small things that stand everywhere: an id, an instant, a queue's name, a state. */

import { Tag, Typography } from "antd";
import { Link } from "wouter";
import { moment } from "../../shared/format";
import { t } from "../../shared/i18n";
import { nicknameOf, queueName, statusName } from "../../shared/names";

export function Id({ of }: { of: string }) {
  return (
    <Typography.Text
      type="secondary"
      className="id"
      copyable={{ text: of, tooltips: [t("copy"), t("copied")] }}
    >
      {of}
    </Typography.Text>
  );
}

export function When({ at }: { at: string | null }) {
  return at === null ? <>–</> : <time dateTime={at}>{moment(at)}</time>;
}

export function QueueLink({ id }: { id: string }) {
  return <Link href={`/queue?${new URLSearchParams({ id })}`}>{queueName(id)}</Link>;
}

export function OrderLink({ id }: { id: string }) {
  return <Link href={`/order?${new URLSearchParams({ id })}`}>{id}</Link>;
}

/** A member by name, where there is one; the id stands beside it, to be copied. */
export function MemberLink({ id, nickname }: { id: string; nickname?: string | null | undefined }) {
  const href = `/member?${new URLSearchParams({ id })}`;
  const name = nickname ?? nicknameOf(id);
  return name ? (
    <>
      <Link href={href}>{name}</Link> <Id of={id} />
    </>
  ) : (
    <Link href={href}>{id}</Link>
  );
}

const COLOURS: Record<string, string> = {
  completed: "success",
  paid: "success",
  done: "success",
  on: "success",
  waiting: "processing",
  asked: "processing",
  placed: "processing",
  held: "warning",
  paused: "warning",
  stalled: "warning",
  cleared: "error",
  refunded: "error",
  rejected: "error",
  failed: "error",
};

export function State({ of, text }: { of: string; text?: string }) {
  return <Tag color={COLOURS[of] ?? "default"}>{text ?? statusName(of)}</Tag>;
}

/** When sums were made that are not those of this instant, as of many queues; null: they are. */
export function SummedUp({ at }: { at: string | null }) {
  return at === null ? null : (
    <p className="quiet">
      {t("desk.summed_up")} <When at={at} />
    </p>
  );
}
