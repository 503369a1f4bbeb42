// One's own account: who one is, the password, the second factor, and what one's scripts sign in with.
import { Paper, SegmentedControl, SimpleGrid, Stack, useMantineColorScheme } from "@mantine/core";
import { useSession } from "../../api/session.tsx";
import { FactList } from "../../parts/fact-list.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Page } from "../../parts/page.tsx";
import { ROLE_WORDS } from "../../parts/role-words.ts";
import { Section } from "../../parts/section.tsx";
import { OwnPassword } from "./own-password.tsx";
import { OwnTokens } from "./own-tokens.tsx";
import { SecondFactor } from "./second-factor.tsx";

export function Account() {
  return (
    <Page title="Account" lead="What concerns only you.">
      <Stack gap="xl">
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl" verticalSpacing="xl">
          <Stack gap="xl">
            <WhoYouAre />
            <SecondFactor />
          </Stack>
          <OwnPassword />
        </SimpleGrid>
        <OwnTokens />
      </Stack>
    </Page>
  );
}

function WhoYouAre() {
  const { user, expiresAt } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Section title="You">
      <Paper withBorder p="md" radius="md">
        <FactList
          label="Your account"
          facts={[
            { name: "Username", value: user.username },
            { name: "Name", value: user.displayName },
            { name: "Role", value: `${user.role}: ${ROLE_WORDS[user.role]}` },
            { name: "Signed in until", value: <Moment at={expiresAt} as="date" /> },
            { name: "Password changed", value: <Moment at={user.passwordChangedAt} /> },
            {
              name: "Colours",
              value: (
                <SegmentedControl
                  size="xs"
                  aria-label="Colours"
                  value={colorScheme}
                  onChange={(chosen) =>
                    setColorScheme(chosen === "light" || chosen === "dark" ? chosen : "auto")
                  }
                  data={[
                    { value: "auto", label: "as the system" },
                    { value: "light", label: "light" },
                    { value: "dark", label: "dark" },
                  ]}
                />
              ),
            },
          ]}
        />
      </Paper>
    </Section>
  );
}
