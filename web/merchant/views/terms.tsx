/** A store's own ratios, within what the operator allows, with what they come to. */

import { Button } from "antd";
import { useConfirm } from "../../desk/parts/confirm";
import { percent } from "../../shared/format";
import { useDraft, useLeaveGuard } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import type { StoreShown } from "../../shared/types";
import { bpsOf, Field, Head, typedBps } from "../parts";
import { useStore } from "../store";

type Terms = StoreShown["terms"][number];
type Bounds = Terms["extraction_bounds"];
const SAMPLE = 10_000;
const WHOLE = 10_000;

export default function TermsView() {
  const { store, at } = useStore();
  return (
    <>
      <Head title={t("merchant.terms")} at={at} />
      <p>{t("merchant.terms_lead")}</p>
      {store.terms.map((terms) => (
        <OfChannel key={`${store.id} ${terms.channel}`} terms={terms} />
      ))}
    </>
  );
}

function OfChannel({ terms }: { terms: Terms }) {
  const { ask, store, again } = useStore();
  const now = { extraction: typedBps(terms.extraction_bps), fixed: typedBps(terms.fixed_bps) };
  const [typed, change, drop] = useDraft(`terms.${store.id}.${terms.channel}`, now);
  const [confirm, question] = useConfirm(() => {
    drop();
    again();
  });
  const isChanged = typed.extraction !== now.extraction || typed.fixed !== now.fixed;
  useLeaveGuard(isChanged);
  const extraction = bpsOf(typed.extraction);
  const fixed = bpsOf(typed.fixed);
  const isRight =
    fits(typed.extraction, terms.extraction_bounds) && fits(typed.fixed, terms.fixed_bounds);
  const title = t(`merchant.channel_${terms.channel}`);
  if (terms.extraction_bounds === null && terms.fixed_bounds === null)
    return (
      <section>
        <h2>{title}</h2>
        <p>{t("merchant.terms_closed")}</p>
      </section>
    );
  const save = () =>
    confirm({
      title: t("merchant.terms_confirm"),
      content: (
        <ul>
          <Change name={t("merchant.extraction")} before={terms.extraction_bps} after={extraction} />
          <Change name={t("merchant.fixed")} before={terms.fixed_bps} after={fixed} />
        </ul>
      ),
      choices: [
        {
          label: t("merchant.terms_save"),
          work: async () => {
            const body = {
              store: store.id,
              channel: terms.channel,
              ...(extraction === null ? {} : { extraction_bps: extraction }),
              ...(fixed === null ? {} : { fixed_bps: fixed }),
            };
            await ask("PUT", "store/terms", { body });
          },
        },
      ],
    });
  return (
    <section>
      <h2>{title}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isChanged && isRight) save();
        }}
      >
        <Field
          label={t("merchant.extraction")}
          value={typed.extraction}
          isNumber
          isDisabled={terms.extraction_bounds === null}
          isWrong={!fits(typed.extraction, terms.extraction_bounds)}
          note={boundsText(terms.extraction_bounds)}
          change={(value) => change({ ...typed, extraction: value })}
        />
        <Field
          label={t("merchant.fixed")}
          value={typed.fixed}
          isNumber
          isDisabled={terms.fixed_bounds === null}
          isWrong={!fits(typed.fixed, terms.fixed_bounds)}
          note={boundsText(terms.fixed_bounds)}
          change={(value) => change({ ...typed, fixed: value })}
        />
        {isRight && <Preview extraction={extraction} fixed={fixed} />}
        <Button type="primary" htmlType="submit" disabled={!isChanged || !isRight}>
          {t("merchant.terms_save")}
        </Button>{" "}
        {isChanged && <Button onClick={drop}>{t("merchant.discard")}</Button>}
      </form>
      {question}
    </section>
  );
}

/** What the ratios come to on 100.00, and how much of what is promised can ever be paid. */
function Preview({ extraction, fixed }: { extraction: number | null; fixed: number | null }) {
  const { money } = useStore();
  const of = (bps: number) => money(Math.floor((SAMPLE * bps) / WHOLE));
  return (
    <p role="status">
      {extraction !== null &&
        t("merchant.preview_gives", { sale: money(SAMPLE), amount: of(extraction) })}{" "}
      {fixed !== null && t("merchant.preview_promises", { amount: of(fixed) })}{" "}
      {extraction !== null &&
        fixed !== null &&
        fixed > 0 &&
        t("merchant.preview_ever", {
          share: percent(Math.min(Math.floor((extraction * WHOLE) / fixed), WHOLE)),
        })}
    </p>
  );
}

function Change(props: { name: string; before: number | null; after: number | null }) {
  const { name, before, after } = props;
  if (before === after || after === null) return null;
  const was = before === null ? t("merchant.of_plan") : percent(before);
  return <li>{t("merchant.change", { name, before: was, after: percent(after) })}</li>;
}

/** What is empty stays the plan's, or as it is. */
function fits(typed: string, bounds: Bounds): boolean {
  if (typed.trim() === "" || bounds === null) return true;
  const bps = bpsOf(typed);
  const [low = 0, high = WHOLE] = bounds;
  return bps !== null && low <= bps && bps <= high;
}

function boundsText(bounds: Bounds): string {
  if (bounds === null) return t("merchant.no_bounds");
  const [low = 0, high = WHOLE] = bounds;
  return t("merchant.bounds", { low: percent(low), high: percent(high) });
}
