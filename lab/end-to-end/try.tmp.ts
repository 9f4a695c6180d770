import { startFleet, agentLog } from './fleet.ts';
import { admit, approve, outcome, plan } from './patient.ts';
await using fleet = await startFleet({ tag: 'try' });
const t0 = performance.now();
const lap = (w: string) => console.log(((performance.now() - t0) / 1000).toFixed(1), w);
await fleet.image();
lap('image');
const p = await admit(fleet, {
  name: 'alpha',
  installed: [{ name: 'lab-tool', version: '1' }],
  offered: [{ name: 'lab-tool', version: '2' }],
});
lap('admitted');
try {
  const run = await plan(p, 'lab-tool');
  lap('planned');
  await approve(p, run);
  const t = await outcome(p, run);
  lap(t.state);
  console.log(t.state, t.explanation, JSON.stringify(t.outcome, null, 1));
} catch (e) {
  console.log(e);
}
console.log(await agentLog(p.machine));
console.log(fleet.server.logTail(15));
