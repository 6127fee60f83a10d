/** A day that narrows a list, in the shop's timezone; it stands in the address. */

import { Input } from "antd";
import { t } from "../../shared/i18n";
import { useQuery } from "../query";

export function DayInput({ name, byDefault = "" }: { name: "from" | "to"; byDefault?: string }) {
  const [query, setQuery] = useQuery();
  return (
    <Input
      type="date"
      className="day"
      aria-label={t(`day.${name}`)}
      prefix={t(`day.${name}`)}
      value={query.get(name) ?? byDefault}
      onChange={(event) => setQuery({ [name]: event.target.value })}
    />
  );
}
