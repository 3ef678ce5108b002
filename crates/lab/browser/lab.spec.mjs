// Every page of the lab by mouse, by keyboard, without scripts, on a narrow screen,
// and before axe.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";

const b64 = (text) => Buffer.from(text).toString("base64url");
const ADMIN = `${b64('{"alg":"none","typ":"JWT"}')}.${b64(
  '{"iss":"https://issuer.example","sub":"admin","aud":"api.example","exp":4102444800}',
)}.`;

/** The pages, with a trace and open hints to look at: every learner has their own. */
async function pages(page, learner) {
  for (let hint = 0; hint < 4; hint += 1) {
    await page.request.post(`/s/${learner}/ex/zeros/hint`);
  }
  await page.request.post(`/s/${learner}/ex/alg-none/send`, { form: { token: ADMIN } });
  const list = await (await page.request.get(`/s/${learner}`)).text();
  const exercises = [...list.matchAll(/href="([^"]+\/ex\/[^"]+)"/g)].map(([, path]) => path);
  expect(exercises.length).toBeGreaterThanOrEqual(12);
  const replay = [...Array(9).keys()].map((step) => `/a/alg-none/${step}`);
  return [
    "/", "/class/45", "/class/90", "/class/45?begun=1", "/board", "/board?mode=race", "/board?mode=nameless",
    `/s/${learner}/site`, "/targets", "/t/jwt-rs256", `/decode?token=${ADMIN}`, `/editor?token=${ADMIN}`, "/nowhere",
    `/s/${learner}`, `/s/${learner}/trace/1`,
    "/a", ...replay, ...exercises,
  ];
}

/** A learner of this test alone: names are small letters, digits and hyphens. */
const learner = (info) => `${info.project.name}-${info.title.length}-${info.retry}`;

test("no page violates what axe checks", async ({ page }, info) => {
  for (const path of await pages(page, learner(info))) {
    await page.goto(path);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const said = violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
    expect(said, path).toEqual([]);
  }
});

test("the pages of attacks do not violate it either", async ({ page }) => {
  for (const path of ["/attacks/index.html", "/attacks/alg-none.html"]) {
    await page.goto(path);
    const { violations } = await new AxeBuilder({ page })
      .disableRules(["color-contrast"]) // text over pictures; the report's own tests compute it
      .analyze();
    expect(violations.map(({ id }) => id), path).toEqual([]);
  }
});

test("nothing scrolls sideways at 320 pixels", async ({ page }, info) => {
  await page.setViewportSize({ width: 320, height: 640 });
  for (const path of await pages(page, learner(info))) {
    await page.goto(path);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide, path).toBeLessThanOrEqual(320);
  }
});

test("nothing is fetched from elsewhere, and nothing is refused", async ({ page }, info) => {
  const elsewhere = [];
  const refused = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(process.env.LAB)) elsewhere.push(request.url());
  });
  page.on("console", (message) => refused.push(message.text()));
  for (const path of await pages(page, learner(info))) {
    if (path !== "/nowhere") await page.goto(path);
  }
  expect(elsewhere).toEqual([]);
  expect(refused).toEqual([]);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("an exercise is solved by mouse", async ({ page }, info) => {
    await page.goto("/");
    await page.getByLabel("Your name").fill(learner(info));
    await page.getByRole("button", { name: "Begin" }).click();
    await page.getByRole("link", { name: "A token that needs no signature" }).click();
    await page.getByRole("button", { name: "Show a hint" }).click();
    await expect(page.getByRole("heading", { name: "Hint 1" })).toBeVisible();
    await page.getByLabel("Or send a token from here").fill(ADMIN);
    await page.getByRole("button", { name: "Send" }).click();
    await expect(page.getByRole("status")).toContainText("Solved. You are admin");
    await page.screenshot({ path: `${process.env.OUT}/trace-${info.project.name}.png`, fullPage: true });
    await page.getByRole("link", { name: "the next exercise" }).click();
    await expect(page.getByText(/^1 of \d+ solved\.$/)).toBeVisible();
    for (const [name, path] of [
      ["home", "/"], ["class", "/class/45"], ["learner", `/s/${learner(info)}`], ["exercise", `/s/${learner(info)}/ex/alg-none`],
      ["board", "/board"], ["race", "/board?mode=race"], ["nameless", "/board?mode=nameless"], ["clock", "/class/45?begun=1"],
      ["site", `/s/${learner(info)}/site`], ["mend", `/s/${learner(info)}/ex/mend-none`], ["elsewhere", "/a/kid-injection/6"], ["decode", `/decode?token=${ADMIN}`], ["editor", `/editor?token=${ADMIN}`], ["target", "/t/jwt-unsecured"],
      ["predict", "/a/alg-none/0"], ["send", "/a/alg-none/3"], ["why", "/a/alg-none/4"],
    ]) {
      await page.goto(path);
      await page.screenshot({ path: `${process.env.OUT}/${name}-${info.project.name}.png`, fullPage: true });
    }
  });
});

test("a board that is left open shows who has solved something since", async ({ page }, info) => {
  await page.goto("/board");
  const name = learner(info);
  await page.request.post(`/s/${name}/ex/alg-none/send`, { form: { token: ADMIN } });
  await expect(page.getByRole("rowheader", { name })).toBeVisible({ timeout: 15_000 });
});

test("an exercise is solved by keyboard", async ({ page }, info) => {
  await page.goto(`/s/${learner(info)}/ex/alg-none`);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  const field = page.getByLabel("Or send a token from here");
  for (let presses = 0; presses < 20; presses += 1) {
    if (await field.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press("Tab");
  }
  await expect(field).toBeFocused();
  await page.keyboard.insertText(ADMIN);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status")).toContainText("Solved. You are admin");
});
