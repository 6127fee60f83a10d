/** A form for any part of the settings, made from their schema. */

import { Button, Card, Form, Input, InputNumber, Select, Space, Switch } from "antd";
import { createContext, type ReactNode, useContext, useState } from "react";
import { decimalsOf } from "../../shared/format";
import { named, t } from "../../shared/i18n";
import type { Document, Json } from "../../shared/types";
import { useShop } from "../shop";
import { shown } from "./changes";
import { at, type Path } from "./document";
import { isNullable, kindsOf, type Node, resolved, titleOf, unitOf, valuesOf } from "./schema";

export interface Form {
  document: Document;
  change: (path: Path, value: Json | undefined) => void;
  /** What is wrong, by path. */
  problems: ReadonlyMap<string, string>;
}

const Context = createContext<Form | null>(null);
export const FormProvider = Context.Provider;

function useForm(): Form {
  const form = useContext(Context);
  if (!form) throw new Error("a field stands outside of a form");
  return form;
}

interface Props {
  node: Node;
  path: Path;
  title?: string;
}

/** A field, or a group of them; what is not set shows its default. */
export function Field({ node, path, title }: Props) {
  const whole = resolved(node);
  const name = path.at(-1) ?? "";
  const label = title ?? titleOf(whole, name);
  const kinds = kindsOf(node);
  const [first] = kinds;
  if (!first) return null;
  if (kinds.length > 1 && kinds.every(({ type }) => type === "object"))
    return <OneOf kinds={kinds} node={node} path={path} label={label} />;
  if (first.type === "object" && first.properties)
    return <Group kind={first} node={node} path={path} label={label} />;
  if (first.type === "object") return <Named kind={first} path={path} label={label} />;
  if (first.type === "array") return <Listed kind={first} path={path} label={label} />;
  return <Single kind={first} node={whole} path={path} label={label} />;
}

function Heading({ path, label }: { path: Path; label: string }) {
  return path.length > 1 ? <h3>{label}</h3> : <h2>{label}</h2>;
}

function Group({ kind, node, path, label }: { kind: Node; node: Node; path: Path; label: string }) {
  const { document, change } = useForm();
  const value = at(document, path);
  const canBeOff = isNullable(node) && path.length > 1;
  const isOn = !canBeOff || (value !== undefined && value !== null);
  return (
    <Card
      size="small"
      type="inner"
      title={<Heading path={path} label={label} />}
      extra={
        canBeOff && (
          <Switch
            aria-label={label}
            checked={isOn}
            onChange={(on) => change(path, on ? {} : null)}
          />
        )
      }
    >
      {isOn && <Fields kind={kind} path={path} />}
    </Card>
  );
}

export function Fields({ kind, path }: { kind: Node; path: Path }) {
  const fields = Object.entries(kind.properties ?? {}).filter(([, each]) => !("const" in each));
  const isWide = ([, each]: [string, Node]) =>
    kindsOf(each).some(({ type }) => type === "object" || type === "array");
  return (
    <>
      <div className="fields">
        {fields
          .filter((each) => !isWide(each))
          .map(([name, each]) => (
            <Field key={name} node={each} path={[...path, name]} />
          ))}
      </div>
      {fields.filter(isWide).map(([name, each]) => (
        <Field key={name} node={each} path={[...path, name]} />
      ))}
    </>
  );
}

/** Several kinds to choose from, such as a lottery of prizes or of a range. */
function OneOf({
  kinds,
  node,
  path,
  label,
}: {
  kinds: Node[];
  node: Node;
  path: Path;
  label: string;
}) {
  const { document, change } = useForm();
  const value = at(document, path);
  const fits = (kind: Node) =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).every((name) => kind.properties?.[name] !== undefined) &&
    value.kind === kind.properties?.kind?.const;
  const chosen = kinds.findIndex(fits);
  const titles = kinds.map((kind, place) =>
    named("choice", String(kind.properties?.kind?.const ?? Object.keys(kind.properties ?? {})[0] ?? place)),
  );
  const begin = (place: number) => {
    const fixed = kinds[place]?.properties?.kind?.const;
    change(path, place < 0 ? null : fixed === undefined ? {} : { kind: fixed });
  };
  const kind = kinds[chosen];
  return (
    <Card size="small" type="inner" title={<Heading path={path} label={label} />}>
      <Select
        aria-label={label}
        value={chosen}
        className="wide-select"
        onChange={begin}
        options={[
          ...(isNullable(node) ? [{ value: -1, label: t("desk.off") }] : []),
          ...titles.map((title, place) => ({ value: place, label: title })),
        ]}
      />
      {kind && <Fields kind={kind} path={path} />}
    </Card>
  );
}

/** A map by names that somebody gives: products, stores, levels. */
function Named({ kind, path, label }: { kind: Node; path: Path; label: string }) {
  const { document, change } = useForm();
  const [added, setAdded] = useState("");
  const values = valuesOf(kind) ?? {};
  const names = Object.keys((at(document, path) ?? {}) as Document);
  const add = () => {
    const name = added.trim();
    if (!name || names.includes(name)) return;
    change([...path, name], kindsOf(values)[0]?.type === "object" ? {} : 0);
    setAdded("");
  };
  return (
    <Card size="small" type="inner" title={<Heading path={path} label={label} />}>
      {names.map((name) => (
        <div key={name} className="item">
          <Field node={values} path={[...path, name]} title={name} />
          <Remove path={[...path, name]} name={name} />
        </div>
      ))}
      <Space.Compact>
        <Input
          aria-label={t("desk.add_to", { label })}
          value={added}
          onChange={(event) => setAdded(event.target.value)}
          onPressEnter={(event) => {
            event.preventDefault();
            add();
          }}
        />
        <Button onClick={add} disabled={!added.trim()}>
          {t("desk.add")}
        </Button>
      </Space.Compact>
    </Card>
  );
}

function Listed({ kind, path, label }: { kind: Node; path: Path; label: string }) {
  const { document, change, problems } = useForm();
  const kinds = kindsOf(kind.items ?? {});
  const items = (at(document, path) ?? []) as Json[];
  const [one] = kinds;
  if (kinds.length === 1 && one?.type === "string")
    return (
      <Labelled path={path} label={label} problem={problems.get(path.join("."))}>
        <Select
          id={path.join(".")}
          mode={one.enum ? "multiple" : "tags"}
          value={items as string[]}
          className="wide-select"
          onChange={(chosen) => change(path, chosen)}
          options={(one.enum ?? []).map((value) => ({ value, label: named("choice", value) }))}
        />
      </Labelled>
    );
  const begin = one?.type === "object" ? {} : 0;
  return (
    <Card size="small" type="inner" title={<Heading path={path} label={label} />}>
      {items.map((_, place) => {
        const its = [...path, String(place)];
        return (
          <div key={place} className="item">
            <Field node={kind.items ?? {}} path={its} title={`${label} ${place + 1}`} />
            <Remove path={its} name={`${label} ${place + 1}`} />
          </div>
        );
      })}
      <Button onClick={() => change(path, [...items, begin])}>{t("desk.add")}</Button>
    </Card>
  );
}

function Remove({ path, name }: { path: Path; name: string }) {
  const { change } = useForm();
  return (
    <Button
      size="small"
      danger
      aria-label={t("desk.remove_named", { name })}
      onClick={() => change(path, undefined)}
    >
      {t("desk.remove")}
    </Button>
  );
}

interface LabelledProps {
  path: Path;
  label: string;
  problem: string | undefined;
  children: ReactNode;
}

function Labelled({ path, label, problem, children }: LabelledProps) {
  return (
    <Form.Item
      label={label}
      htmlFor={path.join(".")}
      help={problem}
      validateStatus={problem ? "error" : ""}
    >
      {children}
    </Form.Item>
  );
}

function Single({ kind, node, path, label }: { kind: Node; node: Node; path: Path; label: string }) {
  const { document, change, problems } = useForm();
  const { currency } = useShop();
  const value = at(document, path);
  const byDefault = node.default ?? undefined;
  const unset = t("desk.default_is", { value: shown(byDefault, path, currency) });
  const id = path.join(".");
  const set = (next: Json | undefined) => change(path, next);
  const control = () => {
    if (kind.type === "boolean")
      return (
        <Switch
          id={id}
          checked={(value ?? byDefault ?? false) === true}
          checkedChildren={t("yes")}
          unCheckedChildren={t("no")}
          onChange={set}
        />
      );
    if (kind.enum)
      return (
        <Select
          id={id}
          allowClear
          value={value === undefined ? undefined : (value as string)}
          placeholder={unset}
          onChange={(chosen) => set(chosen)}
          options={kind.enum.map((each) => ({ value: each, label: named("choice", each) }))}
        />
      );
    if (kind.type === "integer" || kind.type === "number")
      return <Number kind={kind} path={path} value={value} unset={unset} set={set} />;
    return (
      <Input
        id={id}
        allowClear
        value={typeof value === "string" ? value : ""}
        placeholder={unset}
        onChange={(event) => set(event.target.value === "" ? undefined : event.target.value)}
      />
    );
  };
  return (
    <Labelled path={path} label={label} problem={problems.get(id)}>
      {control()}
    </Labelled>
  );
}

interface NumberProps {
  kind: Node;
  path: Path;
  value: Json | undefined;
  unset: string;
  set: (value: Json | undefined) => void;
}

/** People type percent and money; what is kept are whole basis points and minor units. */
function Number({ kind, path, value, unset, set }: NumberProps) {
  const { currency } = useShop();
  const unit = unitOf(path);
  const digits = { percent: 2, money: decimalsOf(currency), number: 0 }[unit];
  const factor = 10 ** digits;
  const limit = (most: number | undefined) => (most === undefined ? {} : { max: most / factor });
  return (
    <InputNumber
      id={path.join(".")}
      className="number-input"
      value={typeof value === "number" ? value / factor : null}
      placeholder={unset}
      precision={digits}
      min={(kind.minimum ?? 0) / factor}
      {...limit(kind.maximum)}
      suffix={{ percent: "%", money: currency, number: "" }[unit]}
      onChange={(typed) => set(typed === null ? undefined : Math.round(typed * factor))}
    />
  );
}
