/** What `Lazy` loads. */

export { Draws } from "./draws";
export { InviteView } from "./invite";
export { Invited } from "./invited";
export { NoticesView } from "./notices";
export { Rules } from "./rules";
export { TeamView } from "./team";
