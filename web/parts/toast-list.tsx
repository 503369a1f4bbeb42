// Where words in passing are shown.
import { Notifications } from "@mantine/notifications";
import "@mantine/notifications/styles.layer.css";

export function ToastList() {
  return <Notifications position="top-center" />;
}
