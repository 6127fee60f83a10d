/** How both bundles begin, and what is shown where they cannot. */

import { type Config, loadConfig } from "./config";
import { countIn } from "./format";
import { speak, t, type Locale, type Texts } from "./i18n";
import { answered } from "./session";

/** Read the stage's configuration and texts, then hand over; a blank page is never left. */
export async function start(
  texts: (locale: Locale) => Promise<Texts>,
  show: (config: Config, root: HTMLElement) => void,
): Promise<void> {
  const root = document.querySelector<HTMLElement>("#root");
  if (!root) throw new Error("the page has no #root");
  try {
    const [config] = await Promise.all([loadConfig(), speak(texts)]);
    countIn(config.decimals);
    const back = await answered(config);
    if (back !== null && isElsewhere(back)) {
      location.replace(back);
      return;
    }
    if (back !== null) history.replaceState(null, "", back);
    document.title = t("brand");
    show(config, root);
  } catch (error) {
    root.replaceChildren(stuck(error));
  }
}

/** Merchants sign in as the members that they are, and then go on to pages of the other bundle. */
const isElsewhere = (path: string): boolean => /^\/merchant(?![^/?])/.test(path);

/** What is shown instead of a page that broke. Both languages, since none may have been loaded. */
export function stuck(error: unknown): HTMLElement {
  const box = document.createElement("main");
  const say = (tag: string, text: string) => {
    const node = document.createElement(tag);
    node.textContent = text;
    box.append(node);
    return node;
  };
  box.className = "stuck";
  box.setAttribute("role", "alert");
  say("h1", "页面打不开 · The page cannot be opened");
  say("p", "请检查网络后重试。Check the connection, then try again.");
  say("p", String(error));
  say("button", "重试 Try again").addEventListener("click", () => location.reload());
  return box;
}
