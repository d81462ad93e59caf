// A report from its numbers to everybody: an organizer writes it, a second person says
// yes by keyboard, and somebody reads it in Arabic on a narrow phone without scripts.
import assert from 'node:assert/strict';
import { journeys, picture, press, say, sound, tabTo } from './harness.js';

const journey = journeys();
const button = (page, lang, key) => page.getByRole('button', { name: say(lang, key), exact: true });

journey('a report from draft to public', async ({ visit }) => {
  const ana = await visit({ role: 'organizer', width: 360, height: 740 });
  await ana.goto('/indicators');
  await sound(ana, 'the indicators');
  await picture(ana, 'indicators');
  await ana.locator('[name=period]').selectOption({ index: 12 });
  await press(ana, button(ana, 'en', 'indicator.show'));
  await sound(ana, 'a quarter');
  await press(ana, ana.getByRole('link', { name: say('en', 'report.F8'), exact: true }));
  await sound(ana, 'one indicator');
  await ana.locator('[name=target]').fill('90');
  await press(ana, button(ana, 'en', 'indicator.save'));
  assert.equal(await ana.locator('[name=target]').inputValue(), '90');
  await ana.goto('/reports/desk');
  await sound(ana, 'the desk');
  await press(ana, ana.locator('main .button.primary'));
  await sound(ana, 'the form');
  await ana.locator('label.choice', { hasText: say('en', 'report.for.public') }).first().click();
  await ana.locator('[name=title]').fill('What autumn brought');
  await ana.locator('[name=intro]').fill('We listened, chose two priorities and began.');
  await ana.locator('[name=learned]').fill('One person, one thing, one day.');
  await press(ana, button(ana, 'en', 'report.save'));
  const at = new URL(ana.url()).pathname;
  assert.match(at, /^\/reports\/desk\/[0-9a-f-]{36}$/);
  await sound(ana, 'the draft');
  await picture(ana, 'report-draft');
  await press(ana, button(ana, 'en', 'report.act.ask'));
  await sound(ana, 'waiting for a second person');
  assert.equal(await button(ana, 'en', 'report.act.publish').count(), 0, 'whoever made it is not asked');
  await ana.goto(`${at}/print`);
  await sound(ana, 'on paper');

  const public_ = at.replace('/desk', '');
  const reader = await visit({ width: 320, height: 740, locale: 'ar', javaScriptEnabled: false });
  assert.equal((await reader.goto(public_)).status(), 404, 'not before the yes');
  const ruth = await visit({ role: 'lead' });
  await ruth.goto(at);
  await tabTo(ruth, button(ruth, 'en', 'report.act.publish'));
  await Promise.all([ruth.waitForNavigation(), ruth.keyboard.press('Enter')]);
  await ruth.getByText(say('en', 'report.state.published')).first().waitFor();
  await sound(ruth, 'public, on the desk');

  await reader.goto('/reports');
  assert.equal(await reader.locator('html').getAttribute('dir'), 'rtl');
  await sound(reader, 'the reports in Arabic', { withAxe: false });
  await press(reader, reader.getByRole('link', { name: 'What autumn brought' }));
  await sound(reader, 'the report in Arabic', { withAxe: false });
  await picture(reader, 'report-public-ar');
  await reader.getByText(say('ar', 'report.not_controlled')).waitFor();
  const file = await reader.request.get(public_.replace('/reports/', '/reports/table/'));
  assert.match(await file.text(), /^.*indicator,name,period/);
  const looks = await visit({ width: 320, height: 740, locale: 'ar' });
  await looks.goto(public_);
  await sound(looks, 'the report in Arabic, with axe');
  await ana.goto(at);
  await press(ana, button(ana, 'en', 'report.act.withdraw'));
  assert.equal((await reader.goto(public_)).status(), 410, 'taken back');
});
