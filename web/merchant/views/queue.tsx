/** The queues of one's store alone: who waits for how much, how long, and where money came from. */

import { Bars, flowOf } from "../../desk/parts/flow";
import { count } from "../../shared/format";
import { useAnswer } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { queueName } from "../../shared/names";
import type { StoreQueues } from "../../shared/types";
import { Figure, Figures, Head } from "../parts";
import { useStore, Waiting } from "../store";
import { waitText } from "./today";

export default function Queue() {
  const { ask, store, money } = useStore();
  const answer = useAnswer<StoreQueues>(
    (signal) => ask("GET", "store/queues", { query: { id: store.id }, signal }),
    [store.id],
  );
  const queues = answer.data;
  return (
    <>
      <Head title={t("merchant.queue")} at={answer.at} />
      {(!queues || answer.error !== null) && <Waiting answer={answer} />}
      {queues?.queues.length === 0 && <p>{t("merchant.no_queues")}</p>}
      {queues?.queues.map((queue) => (
        <section key={queue.queue} aria-label={queueName(queue.queue)}>
          <h2>{queueName(queue.queue)}</h2>
          <Figures>
            <Figure title={t("merchant.waiting")} value={count(queue.waiting)} />
            <Figure title={t("merchant.owed")} value={money(queue.owed)} />
            <Figure title={t("merchant.entries")} value={count(queue.entries)} />
            <Figure title={t("merchant.wait")} value={<small>{waitText(queues, queue.queue)}</small>} />
          </Figures>
          <Bars rows={flowOf(queue)} money={money} />
        </section>
      ))}
      <p className="quiet">{t("merchant.queue_note")}</p>
    </>
  );
}
