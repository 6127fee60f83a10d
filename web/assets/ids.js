/** What ids and traces of the API say, taken apart. Pure. */

/** Return the kind of a queue and what it is of: "store/bakery" is of the store "bakery". */
export function queueParts(queue) {
  const [kind, ...rest] = queue.split("/");
  return { kind, name: rest.join("/") || null };
}

/** Return kind, part and owner of a journal's account: "wallet/cash/m01". */
export function accountParts(account) {
  const [kind, part, ...owner] = account.split("/");
  return { kind, part, owner: owner.join("/") };
}

/**
 * Return the rule and the scopes of "fixed of product p-9 of store W", the narrowest scope first.
 */
export function decisionParts(decidedBy) {
  const [rule, ...scopes] = decidedBy.split(/ of (?=the plan$|product |store |cashier )/);
  return { rule, scopes: scopes.map(scopeParts) };
}

/** Return the kind and name of a scope: "product p-9"; the plan has no name. */
export function scopeParts(scope) {
  if (scope === "the plan") return { kind: "plan", name: null };
  const [kind, ...name] = scope.split(" ");
  return { kind, name: name.join(" ") };
}

/** Return the plans of a settings document, which are on, and whether each is paused. */
export function plansOf(settings, plans) {
  return plans.map((plan) => {
    const its = settings[plan] ?? null;
    return {
      plan,
      title: its?.title ?? null,
      on: its !== null && its.enabled !== false,
      paused: its?.paused === true,
    };
  });
}
