// The way in: signing in, or making the first account.
import { Box, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { query } from "../../api/client.ts";
import { Logo } from "../../parts/logo.tsx";
import { FirstAccount } from "./first-account.tsx";
import { SignIn } from "./sign-in.tsx";
import classes from "./way-in.module.css";

export function WayIn() {
  const { data, isPending } = useQuery(query.session.setup.state.queryOptions());
  return (
    <div className={classes.frame}>
      <Brand />
      <Box component="main" className={classes.door}>
        <Stack w="100%" maw={380} gap="lg">
          <Box hiddenFrom="sm">
            <Logo size={36} />
          </Box>
          {isPending ? <Skeleton height={260} /> : data?.needed === true ? <FirstAccount /> : <SignIn />}
        </Stack>
      </Box>
    </div>
  );
}

/** What the mark means, large: something comes down onto layers that stay. */
function Brand() {
  return (
    <aside className={classes.brand}>
      <Box className={classes.name}>
        <Logo size={40} onColour />
      </Box>
      <Box className={classes.words}>
        <Title order={2} className={classes.claim}>
          Pulled, kept, proven.
        </Title>
        <Text className={classes.promise}>
          Backups of all your machines as plain folders, and a word in time when one is missing.
        </Text>
      </Box>
      <svg viewBox="0 0 400 240" className={classes.layers} aria-hidden="true" preserveAspectRatio="none">
        {[0, 1, 2, 3, 4, 5].map((layer) => (
          <path
            key={layer}
            d={`M-20 ${40 + layer * 34} C 90 ${14 + layer * 36}, 190 ${76 + layer * 30}, 420 ${28 + layer * 36} V 260 H -20 Z`}
            fill="#02241c"
            opacity={0.14}
          />
        ))}
      </svg>
    </aside>
  );
}
