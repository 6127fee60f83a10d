/** The one search box, in reach on every page. */

import { Input } from "antd";
import { useLocation } from "wouter";
import { t } from "../../shared/i18n";

export function Find() {
  const [, go] = useLocation();
  return (
    <search className="find">
      <Input.Search
        aria-label={t("desk.find")}
        placeholder={t("desk.find")}
        enterButton={t("find")}
        onSearch={(typed) => {
          const id = typed.trim();
          if (id) go(`/orders?${new URLSearchParams({ id })}`);
        }}
      />
    </search>
  );
}
