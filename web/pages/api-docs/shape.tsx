// A schema by its name, opened when it is wanted.
import { Box, Text, UnstyledButton } from "@mantine/core";
import { type ReactNode, useId } from "react";
import classes from "./schema.module.css";

export function Shape({
  name,
  isOpen,
  toggle,
  children,
}: {
  name: string;
  isOpen: boolean;
  toggle: () => void;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <Box className={classes.operation}>
      <UnstyledButton className={classes.head} onClick={toggle} aria-expanded={isOpen} aria-controls={id}>
        <Text span size="sm" fw={500}>
          {name}
        </Text>
      </UnstyledButton>
      <Box id={id} hidden={!isOpen} px={{ base: 4, sm: "md" }} pb={isOpen ? "md" : 0}>
        {isOpen ? children : null}
      </Box>
    </Box>
  );
}
