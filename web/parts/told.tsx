// Short words after something was done, and longer ones when it could not be.
import { notifications } from "@mantine/notifications";
import { CircleCheck, CircleX } from "lucide-react";
import { problemOf } from "../api/client.ts";
import { RichHint } from "./rich-hint.tsx";

export const tellDone = (message: string): void => {
  notifications.show({ message, color: "teal", icon: <CircleCheck size={18} aria-hidden /> });
};

export const tellFailure = (error: unknown): void => {
  const { message, hint } = problemOf(error);
  notifications.show({
    title: message,
    message: <RichHint text={hint} />,
    color: "red",
    icon: <CircleX size={18} aria-hidden />,
    autoClose: 12_000,
  });
};
