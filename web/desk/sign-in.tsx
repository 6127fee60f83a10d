/** Where an operator or a merchant is asked to sign in, at the stage's issuer. */

import { Button, Card } from "antd";
import type { Config } from "../shared/config";
import { useAct } from "../shared/hooks";
import { t } from "../shared/i18n";
import { roleHere, signIn } from "../shared/session";
import { isKept } from "../shared/storage";
import { Failure } from "./parts/failure";
import { Languages } from "./parts/languages";

export function SignIn({ config }: { config: Config }) {
  const { isBusy, error, act } = useAct();
  return (
    <main className="door">
      <Card title={<h1>{t(`sign_in.${roleHere()}`)}</h1>} extra={<Languages />}>
        {!isKept() && <p>{t("error.storage_off")}</p>}
        <Button
          type="primary"
          loading={isBusy}
          onClick={() => void act(() => signIn(config, roleHere()))}
        >
          {t("sign_in.go")}
        </Button>
        {error !== null && <Failure error={error} />}
      </Card>
    </main>
  );
}
