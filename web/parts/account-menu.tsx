// Who is signed in. What opens under it is loaded when somebody is about to open it.
import { Avatar, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { type ComponentProps, lazy, Suspense, useState } from "react";
import { useSession } from "../api/session.tsx";

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

/** Named by its content: the letters that are seen, and what it is. */
export function AccountButton(props: ComponentProps<"button">) {
  const { user } = useSession();
  const name = user.displayName ?? user.username;
  return (
    <UnstyledButton {...props}>
      <Avatar size={32} radius="xl" color="teal" name={name} />
      <VisuallyHidden>Account: {name}</VisuallyHidden>
    </UnstyledButton>
  );
}
