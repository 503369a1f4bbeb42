// Links and buttons that lead to pages of the console.
import { Anchor, type AnchorProps, Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import { type AnchorHTMLAttributes, forwardRef, type ReactNode } from "react";

type Attributes<Props> = Props & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof Props>;

/** A link that looks like one: `<TextLink to="/hosts">`. */
export const TextLink = createLink(
  forwardRef<HTMLAnchorElement, Attributes<AnchorProps>>((props, ref) => (
    <Anchor ref={ref} inherit={props.size === undefined} {...props} />
  )),
);

/** A link that looks like a button. */
export const ButtonLink = createLink(
  forwardRef<HTMLAnchorElement, Attributes<ButtonProps>>((props, ref) => (
    <Button component="a" ref={ref} {...props} />
  )),
);

export function HostLink({ host, fw = 500 }: { host: string; fw?: number }) {
  return (
    <TextLink to="/hosts/$host" params={{ host }} fw={fw} className="breakable">
      {host}
    </TextLink>
  );
}

export function RunLink({ id, children }: { id: number; children?: ReactNode }) {
  return (
    <TextLink to="/runs/$id" params={{ id: String(id) }} className="nowrap">
      {children ?? `#${id}`}
    </TextLink>
  );
}
