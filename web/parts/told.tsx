// Short words after something was done, and longer ones when it could not be.
import { CircleCheck, CircleX } from "lucide-react";
import { problemOf } from "../api/client.ts";
import { RichHint } from "./rich-hint.tsx";
import { tell } from "./toasts.ts";

export const tellDone = (message: string): void => {
  void tell({ message, color: "teal", icon: <CircleCheck size={18} aria-hidden /> });
};

export const tellFailure = (error: unknown): void => {
  const { message, hint } = problemOf(error);
  void tell({
    title: message,
    message: <RichHint text={hint} />,
    color: "red",
    icon: <CircleX size={18} aria-hidden />,
    autoClose: 12_000,
  });
};
