// Doing what the plan says: after it has been seen, and with the host's name typed.
import { Button, Checkbox, NumberInput, Stack, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { Scissors } from "lucide-react";
import { useState } from "react";
import { client } from "../../../api/client.ts";
import { useMay } from "../../../api/session.tsx";
import type { Plan } from "../../../api/types.ts";
import { shellWord } from "../../../parts/command-line.tsx";
import { TypedConfirm } from "../../../parts/confirm.tsx";
import { countText } from "../../../parts/words.ts";

export function ApplyPlan({ host, plan }: { host: string; plan: Plan }) {
  const may = useMay("operator");
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const [maxDelete, setMaxDelete] = useState<number | "">("");
  const [overrides, setOverrides] = useState(false);
  if (!may || plan.remove.length === 0) return null;
  const count = countText(plan.remove.length, "snapshot");
  const isHeld = plan.held !== null;
  return (
    <>
      <Button
        color="red"
        variant="light"
        leftSection={<Scissors size={16} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        Prune …
      </Button>
      <TypedConfirm
        opened={isOpen}
        close={() => setOpen(false)}
        title={`Remove ${count} of ${host}`}
        word={host}
        action={`Remove ${count}`}
        command={`pobsync retention ${shellWord(host)} --apply --yes${maxDelete === "" ? "" : ` --max-delete ${maxDelete}`}${overrides ? " --override-hold" : ""}`}
        run={async () => {
          const { id } = await client.hosts.prune({
            host,
            expect: plan.remove.map(({ snapshot }) => snapshot.name),
            ...(maxDelete === "" ? {} : { maxDelete }),
            ...(overrides ? { overrideHold: true } : {}),
          });
          await navigate({ to: "/runs/$id", params: { id: String(id) } });
        }}
      >
        <Stack gap="sm">
          <Text size="sm">
            Exactly those that the plan shows now. Should it be others by then, nothing is removed and you are
            told.
          </Text>
          <NumberInput
            label="At most so many"
            description="Left empty: all of them."
            min={0}
            allowDecimal={false}
            value={maxDelete}
            onChange={(value) => setMaxDelete(value === "" ? "" : Number(value))}
          />
          {isHeld ? (
            <Checkbox
              label="Prune this once in spite of what speaks against it"
              description={plan.held?.message}
              checked={overrides}
              onChange={(event) => setOverrides(event.currentTarget.checked)}
            />
          ) : null}
        </Stack>
      </TypedConfirm>
    </>
  );
}
