// The lab in Debian's chromium, light and dark. LAB is its address, OUT where
// pictures go.
import { defineConfig } from "@playwright/test";

const launchOptions = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
};

export default defineConfig({
  testDir: ".",
  outputDir: `${process.env.OUT}/results`,
  workers: 2,
  reporter: "list",
  timeout: 240_000,
  use: { baseURL: process.env.LAB, launchOptions },
  projects: [
    { name: "light", use: { colorScheme: "light" } },
    { name: "dark", use: { colorScheme: "dark" } },
  ],
});
