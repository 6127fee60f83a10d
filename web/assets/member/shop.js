/** What the shop calls things and its currency: a member learns both with a page of entries. */

let shop = null;

/** Return a page of the member's entries. */
export async function entriesPage(ask, after = null) {
  const page = await ask("GET", "me/entries", { query: { after } });
  shop = { currency: page.currency, titles: page.titles };
  return page;
}

/** Return `{currency, titles}`. */
export async function theShop(ask) {
  if (!shop) await entriesPage(ask);
  return shop;
}
