// What opens the menu of whoever is signed in.
import { Avatar, UnstyledButton, VisuallyHidden } from "@mantine/core";
import type { ComponentProps } from "react";
import { useSession } from "../api/session.tsx";

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
