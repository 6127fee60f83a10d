/** A plan, or another part of the settings, as a form. */

import { Button, Form, InputNumber, Segmented } from "antd";
import { percent } from "../../shared/format";
import { t } from "../../shared/i18n";
import { planName } from "../../shared/names";
import type { Document, Json } from "../../shared/types";
import { Failure } from "../parts/failure";
import { useQuery } from "../query";
import { useShop } from "../shop";
import { at, type Path } from "./document";
import { Field, Fields } from "./fields";
import { kindsOf, ROOT, titleOf } from "./schema";
import { givenOf, templateOf, type Wish } from "./templates";

/** What belongs to no plan, and neither to wallets nor guards. */
export const GENERAL = "general";

interface PartProps {
  name: string;
  document: Document;
  change: (path: Path, value: Json | undefined) => void;
}

export function Part({ name, document, change }: PartProps) {
  if (name === GENERAL) {
    const { plans, settings } = useShop();
    const apart = new Set([...plans.map((plan) => plan.name), "wallet", "guards"]);
    const general = Object.entries(ROOT.properties ?? {}).filter(([each]) => !apart.has(each));
    const kind = { properties: Object.fromEntries(general) };
    return <Fields key={settings.version} kind={kind} path={[]} />;
  }
  const node = ROOT.properties?.[name];
  const kind = node && kindsOf(node)[0];
  if (!node || !kind) return <Failure error={null} text={t("error.not_found")} />;
  const isOff = at(document, [name]) == null;
  return (
    <>
      <p>{t(`does.${name}`)}</p>
      {isOff && name !== "wallet" && name !== "guards" ? (
        <Begin plan={name} change={change} />
      ) : (
        <Field node={kind} path={[name]} title={titleOf(node, planName(name))} />
      )}
    </>
  );
}

/** A plan that was never on begins with ratios for a margin, said in words before they are taken. */
function Begin({ plan, change }: { plan: string; change: PartProps["change"] }) {
  const [wish] = useWish();
  return (
    <>
      <Margin />
      <p>{said(plan, wish)}</p>
      <Button type="primary" onClick={() => change([plan], templateOf(plan, wish))}>
        {t("desk.begin", { plan: planName(plan) })}
      </Button>
    </>
  );
}

const SHARES = [2000, 3000, 5000];

/** The margin and the share of it stand in the address, as what is looked at does. */
export function useWish(): [Wish, (margin: number | null, share: number) => void] {
  const [query, setQuery] = useQuery();
  const margin = Number(query.get("margin") ?? 30);
  const share = Number(query.get("share") ?? 3000);
  return [
    { margin_bps: Math.round(margin * 100), share_bps: share },
    (next, part) => setQuery({ margin: next === null ? "" : String(next), share: String(part) }),
  ];
}

export function Margin() {
  const [wish, setWish] = useWish();
  const margin = wish.margin_bps / 100;
  return (
    <Form layout="vertical" className="wish">
      <Form.Item label={t("desk.margin")} htmlFor="margin" extra={t("desk.margin_lead")}>
        <InputNumber
          id="margin"
          min={1}
          max={100}
          precision={0}
          suffix="%"
          value={margin}
          onChange={(next) => setWish(next, wish.share_bps)}
        />
      </Form.Item>
      <Form.Item label={t("desk.give_back")}>
        <Segmented
          aria-label={t("desk.give_back")}
          value={wish.share_bps}
          options={SHARES.map((value) => ({ value, label: percent(value) }))}
          onChange={(share) => setWish(margin, share)}
        />
      </Form.Item>
    </Form>
  );
}

/** Return what a template would give and promise, as a sentence. */
export const said = (plan: string, wish: Wish): string =>
  t(`template.${plan}`, {
    given: percent(givenOf(wish)),
    share: percent(wish.share_bps),
    margin: percent(wish.margin_bps),
  });
