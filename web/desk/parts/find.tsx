/** The one search box, in reach on every page: `/` goes to it. */

import { Input, type InputRef } from "antd";
import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { t } from "../../shared/i18n";

export function Find() {
  const [, go] = useLocation();
  const box = useRef<InputRef>(null);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const at = event.target as HTMLElement;
      const isTyping = at.matches("input, textarea, [contenteditable]");
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      box.current?.focus({ cursor: "all" });
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
  return (
    <search className="find">
      <Input.Search
        ref={box}
        aria-label={t("desk.find")}
        placeholder={t("desk.find_hint")}
        enterButton={t("find")}
        onSearch={(typed) => {
          const query = typed.trim();
          if (!query) return;
          go(`/orders?${new URLSearchParams({ query })}`);
          document.querySelector<HTMLElement>("#main")?.focus();
        }}
      />
    </search>
  );
}
