// Hours as staff write them down: on a phone, by keyboard, with the warning about
// federal money; the month for whoever answers for it, in Arabic and on paper.
import assert from 'node:assert/strict';
import { journeys, picture, press, say, sound, tabTo } from './harness.js';

const journey = journeys();

journey('an hour on a phone: a federal fund is refused with words, another one takes it', async ({ visit }) => {
  for (const locale of ['en', 'ar']) {
    const page = await visit({ role: 'navigator', locale, width: 320, height: 640 });
    await page.goto('/effort');
    await sound(page, `the form in ${locale}`);
    await picture(page, `effort-${locale}`);
    await page.locator('[name=hours]').fill('1.5');
    await tabTo(page, page.locator('[name=class]:checked'));
    await page.locator('[name=class][value=lobbying_direct]').check();
    const federal = await page.locator('[name=fund] option', { hasText: say(locale, 'effort.kind.federal') }).first().getAttribute('value');
    await page.locator('[name=fund]').selectOption(federal);
    await press(page, page.locator('main form .button.primary'));
    await page.locator('#errors').waitFor();
    assert.match(await page.locator('#errors').innerText(), new RegExp(say(locale, 'effort.bar.lobby_federal').slice(0, 20)));
    assert.equal(await page.locator('[name=hours]').inputValue(), '1.5', 'what was typed stays');
    await sound(page, `refused in ${locale}`);
    const other = await page.locator('[name=fund] option', { hasText: say(locale, 'effort.kind.other') }).first().getAttribute('value');
    await page.locator('[name=fund]').selectOption(other);
    await press(page, page.locator('main form .button.primary'));
    await page.getByText(say(locale, 'effort.flash.written')).waitFor();
    await sound(page, `the week in ${locale}`);
    await page.getByText(say(locale, 'effort.rules')).waitFor();
  }
});

journey('registering voters on the grant is warned, and goes with a tick', async ({ visit }) => {
  const page = await visit({ role: 'clinician', width: 360, height: 740, javaScriptEnabled: false });
  await page.goto('/effort');
  await page.locator('[name=hours]').fill('0:45');
  await page.locator('[name=class][value=voter_registration]').check();
  await page.locator('[name=fund]').selectOption({ label: 'Health center grant (section 330)' });
  await page.locator('main form .button.primary').click();
  await page.locator('[name=sure]').waitFor();
  await page.locator('[name=sure]').check();
  await page.locator('main form .button.primary').click();
  await page.getByText(say('en', 'effort.flash.written')).waitFor();
});

journey('the month by class and fund, on the screen, on paper and as a table', async ({ visit }) => {
  const ruth = await visit({ role: 'lead', locale: 'ar', width: 320, height: 640 });
  await ruth.goto('/effort/report');
  await sound(ruth, 'the month in Arabic');
  assert.doesNotMatch(await ruth.locator('main').innerText(), /Lupe|Ana|Amara/, 'nobody is named');
  const file = await ruth.request.get(await ruth.locator('a[href*="/effort/report/file"]').getAttribute('href'));
  assert.match(await file.text(), /month,class,fund,fund_kind,minutes/);
  await ruth.emulateMedia({ media: 'print' });
  await ruth.locator('table#month').waitFor();
  await ruth.emulateMedia({ media: 'screen' });
  await ruth.goto('/effort/funds');
  await sound(ruth, 'the funds');
  await ruth.locator('#f-name').fill('Spring gift');
  await ruth.locator('[name=kind][value=other]').first().check();
  await press(ruth, ruth.locator('main .button.primary'));
  await ruth.getByText('Spring gift').first().waitFor();
  const jonas = await visit({ role: 'evaluator' });
  await jonas.goto('/effort/report');
  await sound(jonas, 'what an evaluator sees');
  await jonas.getByText(say('en', 'effort.few')).waitFor();
});
