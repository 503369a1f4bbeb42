// Who is signed in. What opens under it is loaded when somebody is about to open it.
import { lazy, Suspense, useState } from "react";
import { AccountButton } from "./account-button.tsx";

const load = () => import("./account-actions.tsx");
const AccountActions = lazy(async () => ({ default: (await load()).AccountActions }));

export function AccountMenu({ openHelp }: { openHelp: () => void }) {
  const [isWanted, setWanted] = useState(false);
  if (!isWanted)
    return (
      <AccountButton
        onMouseEnter={() => void load()}
        onFocus={() => void load()}
        onClick={() => setWanted(true)}
        aria-haspopup="menu"
        aria-expanded={false}
      />
    );
  return (
    <Suspense fallback={<AccountButton aria-haspopup="menu" aria-expanded={false} />}>
      <AccountActions openHelp={openHelp} />
    </Suspense>
  );
}
