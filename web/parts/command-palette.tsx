// Every place and every host by its name, and files by theirs.
import { Kbd } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { createSpotlight, Spotlight, type SpotlightActionGroupData } from "@mantine/spotlight";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { BookOpen, FileSearch, Keyboard, Plus, Search, Server, UserRound } from "lucide-react";
import { useEffect, useState } from "react";
import { query } from "../api/client.ts";
import { useMay } from "../api/session.tsx";
import { PLACES } from "./places.ts";
import "@mantine/spotlight/styles.layer.css";

const HOSTS_SHOWN = 8;

const [store, palette] = createSpotlight();

/** The library does so when something is typed; what is found comes later. */
function selectFirst(): void {
  const list = document.getElementById(store.getState().listId);
  list?.querySelector("[data-selected]")?.removeAttribute("data-selected");
  list?.querySelector("[data-action]")?.setAttribute("data-selected", "true");
  store.updateState((state) => ({ ...state, selected: 0 }));
}

export function CommandPalette({
  opened,
  close,
  openHelp,
}: {
  opened: boolean;
  close: () => void;
  openHelp: () => void;
}) {
  const navigate = useNavigate();
  const isAdmin = useMay("admin");
  const [typed, setTyped] = useState("");
  const [wanted] = useDebouncedValue(typed.trim(), 150);
  const { data } = useQuery({
    ...query.hosts.list.queryOptions({ input: { q: wanted, limit: HOSTS_SHOWN } }),
    enabled: wanted !== "",
    placeholderData: keepPreviousData,
  });
  useEffect(() => {
    if (opened) palette.open();
  }, [opened]);
  // What has just been found comes first, and Enter goes there.
  useEffect(() => {
    if (data !== undefined && wanted !== "") selectFirst();
  }, [data, wanted]);
  const places = PLACES.filter(({ access }) => access !== "admin" || isAdmin);
  const groups: SpotlightActionGroupData[] = [
    {
      group: "Hosts",
      actions: (wanted === "" ? [] : (data?.items ?? [])).map(({ name, address, transport }) => ({
        id: `host ${name}`,
        label: name,
        description: transport === "local" ? "this machine" : address,
        // The server has found it, perhaps by something that is not shown.
        keywords: [typed],
        leftSection: <Server size={18} aria-hidden />,
        onClick: () => void navigate({ to: "/hosts/$host", params: { host: name } }),
      })),
    },
    {
      group: "Places",
      actions: places.map(({ to, label, icon: Icon, key }) => ({
        id: to,
        label,
        leftSection: <Icon size={18} aria-hidden />,
        rightSection: (
          <span aria-hidden>
            <Kbd size="xs">g</Kbd> <Kbd size="xs">{key}</Kbd>
          </span>
        ),
        onClick: () => void navigate({ to }),
      })),
    },
    {
      group: "More",
      actions: [
        ...(isAdmin
          ? [
              {
                id: "add a host",
                label: "Add a host",
                leftSection: <Plus size={18} aria-hidden />,
                onClick: () => void navigate({ to: "/hosts/new" }),
              },
            ]
          : []),
        {
          id: "account",
          label: "Account: password, second factor, tokens",
          leftSection: <UserRound size={18} aria-hidden />,
          onClick: () => void navigate({ to: "/account" }),
        },
        {
          id: "api",
          label: "API",
          leftSection: <BookOpen size={18} aria-hidden />,
          onClick: () => void navigate({ to: "/api/docs" }),
        },
        {
          id: "keyboard",
          label: "Keyboard",
          leftSection: <Keyboard size={18} aria-hidden />,
          onClick: openHelp,
        },
        ...(typed.trim() === ""
          ? []
          : [
              {
                id: "find",
                label: `Find files called “${typed.trim()}”`,
                keywords: [typed],
                leftSection: <FileSearch size={18} aria-hidden />,
                onClick: () => void navigate({ to: "/find", search: { q: typed.trim() } as never }),
              },
            ]),
      ],
    },
  ];
  return (
    <Spotlight
      store={store}
      actions={groups}
      query={typed}
      onQueryChange={setTyped}
      shortcut={null}
      onSpotlightClose={close}
      scrollable
      styles={{ actionDescription: { opacity: 1 } }}
      maxHeight={420}
      attributes={{ content: { "aria-label": "Go to …" } }}
      nothingFound="Nothing is called like that."
      searchProps={{
        leftSection: <Search size={18} aria-hidden />,
        placeholder: "A place, a host, a file …",
        "aria-label": "Go to a place, a host or a file",
      }}
    />
  );
}
