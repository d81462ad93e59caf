// Teams and meetings as people meet them: an invitation answered on a phone
// without an account, a door whose line is cut, a meeting from the agenda to the
// evaluation, and what an evening cost: payment and reimbursement kept apart.
import assert from 'node:assert/strict';
import { journeys, picture, press, say, sound, tabTo } from './harness.js';

const journey = journeys();

/** Plans a meeting of the core team for this evening; returns its address. */
async function plan(page, lang) {
  await page.goto('/stipends/new'); // its day is today, by the program's clock
  const today = await page.locator('[name=day]').inputValue();
  await page.goto('/teams');
  await press(page, page.getByRole('link', { name: 'Cedar Street core team' }));
  await sound(page, 'a team');
  await press(page, page.getByRole('link', { name: say(lang, 'team.plan_meeting') }));
  await page.locator('[name=date]').fill(today);
  await page.locator('[name=time]').fill('18:00');
  await sound(page, 'the form of a meeting');
  await press(page, page.locator('main form .button.primary'));
  assert.match(new URL(page.url()).pathname, /^\/meetings\/[0-9a-f-]{36}$/);
  await sound(page, 'a planned meeting');
  return new URL(page.url()).pathname;
}

for (const locale of ['en', 'ar']) {
  journey(`an invitation answered on a phone without an account, ${locale}`, async ({ visit }) => {
    const ana = await visit({ role: 'organizer', locale, timezoneId: 'America/Los_Angeles' });
    const at = await plan(ana, locale);
    const url = new URL((await ana.locator('#invite-url').innerText()).trim());
    const code = (await ana.locator('.code').nth(1).innerText()).trim();
    assert.match(code, /^\d{6}$/);

    const phone = await visit({ locale, width: 320, height: 640 });
    await phone.goto(url.pathname);
    assert.equal(await phone.title(), say(locale, 'style.neutral_title'));
    await sound(phone, 'the knock');
    await phone.locator('[name=code]').fill('123');
    await press(phone, phone.locator('main .button.primary'));
    await phone.locator('#errors').waitFor();
    await phone.locator('[name=code]').fill(code);
    await press(phone, phone.locator('main .button.primary'));
    await sound(phone, 'the answer');
    await picture(phone, `meeting-answer-${locale}`);
    await tabTo(phone, phone.locator('input[name=coming]'));
    await phone.keyboard.press('Space');
    await phone.locator('[name=children]').fill('2');
    await phone.locator('label', { has: phone.locator('[name=transport]') }).click();
    await phone.locator('[name=interpreter]').selectOption('vi');
    await press(phone, phone.locator('main .button.primary'));
    const receipt = (await phone.locator('#invite-receipt').innerText()).trim();
    assert.match(receipt, /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    await sound(phone, 'the receipt');
    assert.equal((await phone.context().cookies()).filter((c) => /sb_(own|link|session)/.test(c.name)).length, 0, 'no session for somebody without an account');

    await ana.goto(at + '/answers');
    await sound(ana, 'who will come');
    await picture(ana, `meeting-answers-${locale}`);
    assert.match(await ana.locator('main').innerText(), new RegExp(say(locale, 'meeting.children')));
    await ana.goto(at + '/sheet');
    await sound(ana, 'the invitation on paper');
    await ana.goto(at + '/door');
    await ana.locator('sb-offline[data-ready]').first().waitFor();
    await ana.locator('[name=receipt]').fill(receipt.toLowerCase());
    await ana.locator('form', { has: ana.locator('[name=receipt]') }).getByRole('button').click();
    await ana.getByText(say(locale, 'meeting.flash.arrived')).waitFor();
  });
}

journey('a door whose line is cut: each name once when it is back', async ({ visit }) => {
  const page = await visit({ role: 'organizer', width: 360, height: 740, timezoneId: 'America/Los_Angeles' });
  const at = await plan(page, 'en');
  await page.goto(at + '/door');
  await page.locator('sb-offline[data-ready]').first().waitFor();
  await sound(page, 'the door');
  await picture(page, 'meeting-door');
  const names = await page.locator('#door-names button').allInnerTexts();
  assert.ok(names.length >= 3, 'the team is expected');
  for (const end = Date.now() + 15_000; !(await page.evaluate(async (door) => (await (await caches.open('sb-pages')).keys()).some((k) => new URL(k.url).pathname === door), at + '/door'));) {
    assert.ok(Date.now() < end, 'the door is not kept');
    await new Promise((r) => setTimeout(r, 50));
  }
  await page.context().setOffline(true);
  for (const n of [0, 1, 0]) { // somebody presses a name twice
    await page.locator('#door-names button').nth(n).click();
    await page.locator('.outbox-said').getByText(say('en', 'outbox.say.saved')).waitFor();
  }
  await page.reload(); // the kept page opens without a line
  await page.locator('#door-names button').first().waitFor();
  await page.context().setOffline(false);
  await page.goto('/outbox');
  await page.locator('sb-outbox .code').nth(2).waitFor();
  await page.goto(at + '/door');
  const here = page.locator('section[aria-labelledby=here] li');
  assert.equal(await here.count(), 2);
  await sound(page, 'the door with people');
});

journey('a meeting from the agenda to the evaluation', async ({ visit }) => {
  const page = await visit({ role: 'organizer', width: 360, height: 740, timezoneId: 'America/Los_Angeles' });
  await page.goto('/meetings');
  await sound(page, 'meetings');
  const at = await plan(page, 'en');
  // It began this morning.
  await press(page, page.getByRole('link', { name: say('en', 'common.edit') }));
  await page.locator('[name=time]').fill('00:30');
  await press(page, page.locator('main form .button.primary'));
  await page.goto(at + '/run');
  await sound(page, 'the agenda');
  await tabTo(page, page.getByRole('button', { name: say('en', 'meeting.start') }).first());
  await Promise.all([page.waitForURL(/\/run$/), page.keyboard.press('Enter')]);
  await page.locator('.clock-face').waitFor();
  assert.match(await page.locator('.clock-face').innerText(), /^\d+:\d\d$/);
  await picture(page, 'meeting-clock');
  await sound(page, 'the clock');
  await page.locator('section[aria-labelledby=decisions] summary').click();
  await page.locator('[name=what]').fill('We visit the pharmacy.');
  await page.locator('[name=dissent]').fill('One would write first.');
  await press(page, page.getByRole('button', { name: say('en', 'meeting.decide_save') }).last());
  await page.getByText('One would write first.').waitFor();
  await page.locator('section[aria-labelledby=commitments] details.more summary').last().click();
  await page.locator('[name=who]').selectOption({ index: 1 });
  await page.locator('[name=promise]').fill('Calls the hall');
  await press(page, page.getByRole('button', { name: say('en', 'meeting.promise_save') }).first());
  await page.getByText('Calls the hall').first().waitFor();
  await sound(page, 'with a decision and a commitment');
  await press(page, page.getByRole('button', { name: say('en', 'meeting.hold') }));
  await sound(page, 'the evaluation');
  await page.locator('[name=felt]').fill('hopeful 2, tired');
  await page.locator('[name=worked]').fill('We ended on time.');
  await press(page, page.getByRole('button', { name: say('en', 'evaluation.write') }));
  await press(page, page.getByRole('button', { name: say('en', 'evaluation.finish') }));
  await sound(page, 'the evaluation, done');
  await page.goto(at);
  await page.getByText('hopeful').first().waitFor();
  await sound(page, 'the meeting, closed');
  await page.goto(at + '/minutes');
  await sound(page, 'the minutes');
  await page.goto('/feeds');
  await press(page, page.locator('main .button.primary'));
  await sound(page, 'a calendar address');
  const file = await page.request.get(new URL((await page.locator('#calendar-url').innerText()).trim()).pathname);
  assert.match(await file.text(), /BEGIN:VTIMEZONE/);
  assert.doesNotMatch(await file.text(), /pharmacy|Cedar Street core/);
});

journey('what an evening cost: a payment and a reimbursement', async ({ visit }) => {
  const ana = await visit({ role: 'organizer', width: 360, height: 740 });
  const ask = async (kind, amount) => {
    await ana.goto('/stipends/new?q=Dang');
    await sound(ana, 'the request');
    if (!(await ana.locator('input[name=person]').first().isChecked())) await ana.locator('label', { has: ana.locator('input[name=person]') }).first().click();
    await ana.locator('label', { has: ana.locator(`input[name=kind][value=${kind}]`) }).click();
    await ana.locator('[name=amount]').fill(amount);
    await press(ana, ana.locator('main .button.primary'));
    assert.match(new URL(ana.url()).pathname, /^\/stipends\/[0-9a-f-]{36}$/);
    return new URL(ana.url()).pathname;
  };
  const pay = await ask('payment', '50'), care = await ask('childcare', '30');
  await sound(ana, 'an entry');
  const ruth = await visit({ role: 'lead', locale: 'ar' });
  for (const at of [pay, care]) {
    await ruth.goto(at);
    await sound(ruth, 'to approve');
    await press(ruth, ruth.getByRole('button', { name: say('ar', 'stipend.approve') }));
  }
  await ana.goto(care);
  await press(ana, ana.getByRole('button', { name: say('en', 'stipend.pay') }));
  await ana.goto(pay);
  assert.equal(await ana.getByRole('button', { name: say('en', 'stipend.pay') }).count(), 0, 'not before the notice was read');
  await picture(ana, 'stipend-notice');
  await ana.locator('label', { has: ana.locator('[name=read]') }).click();
  await press(ana, ana.getByRole('button', { name: say('en', 'stipend.read_save') }));
  await press(ana, ana.getByRole('button', { name: say('en', 'stipend.pay') }));
  await ana.goto('/stipends?state=paid');
  await sound(ana, 'the ledger');
  await picture(ana, 'stipend-ledger');
});
