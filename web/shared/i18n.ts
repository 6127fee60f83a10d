/** The language of the pages: the reader's choice, else the browser's; texts by key. */

import i18next from "i18next";
import Detector from "i18next-browser-languagedetector";
import { keep } from "./storage";

export const LOCALES = { "zh-CN": "中文", en: "English" } as const;
export type Locale = keyof typeof LOCALES;
export type Texts = Record<string, string>;

const KEPT = "lang";
const LISTENERS = new Set<() => void>();
let load: (locale: Locale) => Promise<Texts>;

/** Begin in the language that the address, the last choice or the browser names. */
export async function speak(texts: (locale: Locale) => Promise<Texts>): Promise<void> {
  load = texts;
  const detector = new Detector();
  await i18next.use(detector).init({
    supportedLngs: Object.keys(LOCALES),
    fallbackLng: "zh-CN",
    nonExplicitSupportedLngs: false,
    load: "currentOnly",
    keySeparator: false,
    nsSeparator: false,
    interpolation: { prefix: "{", suffix: "}", escapeValue: false },
    detection: {
      order: ["querystring", "localStorage", "navigator"],
      lookupQuerystring: KEPT,
      lookupLocalStorage: KEPT,
      caches: [],
      convertDetectedLanguage: nearest,
    },
    resources: {},
  });
  await turn(locale());
}

/** Have the texts of a language at hand. */
export async function learn(chosen: Locale): Promise<void> {
  i18next.addResourceBundle(chosen, "translation", await load(chosen));
}

let aside: Locale | null = null;

/** Say something in a language that was learnt, whatever the page speaks. */
export function speaking<T>(chosen: Locale, say: () => T): T {
  const before = aside;
  aside = chosen;
  try {
    return say();
  } finally {
    aside = before;
  }
}

/** Speak another language from now on, and say so in the address. */
export async function turn(chosen: Locale): Promise<void> {
  await learn(chosen);
  await i18next.changeLanguage(chosen);
  document.documentElement.lang = chosen;
  for (const listener of LISTENERS) listener();
}

/** Turn to a language because the reader said so. */
export async function choose(chosen: Locale): Promise<void> {
  keep(KEPT, chosen);
  const address = new URL(location.href);
  address.searchParams.set(KEPT, chosen);
  history.replaceState(history.state, "", address);
  await turn(chosen);
}

export function whenTurned(listener: () => void): () => void {
  LISTENERS.add(listener);
  return () => LISTENERS.delete(listener);
}

export function locale(): Locale {
  return aside ?? nearest(i18next.language ?? "");
}

function nearest(language: string): Locale {
  return /^zh\b/i.test(language) || !/^en\b/i.test(language) ? "zh-CN" : "en";
}

export function t(key: string, values: Record<string, unknown> = {}): string {
  return i18next.t(key, { ...values, lng: locale() });
}

/** Return the text for a value that may be unknown to this release; it then stands for itself. */
export function named(kind: string, value: string, values: Record<string, unknown> = {}): string {
  const key = `${kind}.${value}`;
  return i18next.exists(key, { lng: locale() }) ? t(key, values) : value;
}
