// Learn: what a leader can do next, a training from plan to signature, a session on paper.
import assert from 'node:assert/strict';
import { journeys, picture, press, say, saying, sound } from './harness.js';

const journey = journeys();

for (const lang of ['en', 'ar']) {
  journey(`Learn of a leader and of an organizer (${lang})`, async ({ visit }) => {
    for (const [role, width] of [['leader', 320], ['organizer', 1280]]) {
      const page = await visit({ role, width, height: 800, locale: lang });
      await page.goto('/learn');
      await page.getByRole('heading', { level: 1, name: say(lang, 'learning.title') }).waitFor();
      await sound(page, `Learn of the ${role} in ${lang}`);
      if (role === 'leader') {
        await page.getByRole('heading', { name: saying(lang, 'learning.next') }).waitFor();
        assert.match(await page.locator('main').innerText(), new RegExp(say(lang, 'learning.skill.issue_cut')));
      } else {
        await page.getByRole('heading', { name: say(lang, 'learning.waiting'), exact: true }).waitFor();
      }
      await picture(page, `learn-${role}-${lang}`);
      await press(page, page.locator('main a[href="/learn/outlines/house_meeting"]').first());
      await sound(page, `a session in ${lang}`);
      await press(page, page.locator('main a[href$="/paper"]'));
      await sound(page, `a session on paper in ${lang}`);
    }
  });
}

journey('a training from the plan to a signature, by keyboard where it counts', async ({ demo, visit }) => {
  const page = await visit({ role: 'organizer', width: 360, height: 780 });
  await page.goto('/learn/trainings/new');
  await sound(page, 'planning a training');
  await page.locator('select[name=curriculum]').selectOption({ index: 1 });
  const yesterday = new Date(demo.now().getTime() - 24 * 3600_000).toISOString().slice(0, 10);
  await page.locator('input[name=date]').fill(yesterday);
  await page.locator('input[name=minutes]').fill('90');
  await press(page, page.locator('main form .button.primary'));
  const training = page.url();
  await page.locator('input[name=q]').fill('hana');
  await page.keyboard.press('Enter');
  await page.waitForURL('**?q=hana');
  await press(page, page.locator('button[value=add]').first()); // carried over, and not asked yet about what is done together
  await page.getByText(say('en', 'people.error.together')).first().waitFor();
  await page.goto(`${training}?q=hana+saleh`);
  await press(page, page.locator('button[value=add]').first());
  await page.goto(training);
  await sound(page, 'a training whose list is not written down');
  await page.locator('input[name=others]').fill('2');
  await press(page, page.locator('form[action$="/held"] .button.primary'));
  await press(page, page.locator('main a[href^="/learn/people/"]').first());
  await sound(page, "somebody's path");
  await page.locator('input[name=skill][value=story]').check();
  await page.locator('select[name=encounter]').selectOption({ index: 1 });
  await press(page, page.locator('form[action$="/sign"] .button.primary'));
  await page.locator('#errors').waitFor(); // not said that it was seen
  assert.equal(await page.locator('input[name=skill][value=story]').isChecked(), true, 'what was chosen is still there');
  await page.locator('input[name=saw]').check();
  await press(page, page.locator('form[action$="/sign"] .button.primary'));
  assert.match(await page.locator('main').innerText(), new RegExp(say('en', 'learning.skill.story')));
  await page.goto('/learn');
  await sound(page, 'Learn afterwards');
});

journey('a curriculum is written, its session changed, and published', async ({ visit }) => {
  const page = await visit({ role: 'organizer', javaScriptEnabled: false });
  await page.goto('/learn/curricula/new');
  await page.locator('input[name=title]').fill('Evenings for listeners');
  await page.locator('textarea[name=purpose]').fill('Twelve people can listen.');
  await page.locator('input[name=add][value=one_to_one]').check();
  await press(page, page.locator('main form .button.primary'));
  await press(page, page.locator('main ol a').first());
  await press(page, page.locator('main a[href$="/edit"]'));
  await page.locator('textarea[name=plan]').fill('45 | Practice | in threes');
  await press(page, page.locator('main form .button.primary'));
  await press(page, page.locator('button[value=published]'));
  assert.match(await page.locator('main').innerText(), new RegExp(say('en', 'learning.version.n', { Version: 1 })));
});
