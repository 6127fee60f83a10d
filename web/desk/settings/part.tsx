/** A plan, or another part of the settings, as a form. */

import { Button } from "antd";
import { t } from "../../shared/i18n";
import { planName } from "../../shared/names";
import type { Document, Json } from "../../shared/types";
import { Failure } from "../parts/failure";
import { useShop } from "../shop";
import { at, type Path } from "./document";
import { Field, Fields } from "./fields";
import { kindsOf, ROOT, titleOf } from "./schema";

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
        <Button type="primary" onClick={() => change([name], { enabled: true })}>
          {t("desk.begin", { plan: planName(name) })}
        </Button>
      ) : (
        <Field node={kind} path={[name]} title={titleOf(node, planName(name))} />
      )}
    </>
  );
}
