// Package intake is the only way into the log: it normalises, validates, deduplicates and commits.
//
// An event comes in as one structured CloudEvent in JSON. Preparing it checks every attribute and every field of its data
// and gives either one canonical [events.Event] or a [Refusal] that lists all that is wrong: which field, what was
// expected, what came. This happens in the caller's goroutine and touches nothing.
//
// Good events go to the one writer ([Intake.Run]), which commits in groups: while a commit is on its way to the disk, what
// arrives gathers; when it has landed, all that gathered (up to 1,000 events or 512 KiB) is the next commit. One commit
// is in flight, nobody waits for a timer, and a lone event is as fast as the disk.
//
//	caller 1  --prepare--+                           +--> new      12-0
//	caller 2  --prepare--+--> queue --> writer --> log --> new      12-1
//	caller 3  --prepare--+    (same id as 2's)       +--> recorded 12-1
//
// An event is one occurrence, (source, id), for all time. The writer asks [events.IDs] before each commit, so that a
// repeat, whether of an old event or of one whose commit is in flight, gets the first one's position and true fate. The
// caller then reads back what stands there: equal content is a success ("recorded"), other content a refusal
// ("id_conflict"). Where no id is given it is derived, from the fields that identify the occurrence or from the content;
// see [Intake.Prepare].
//
// Some control events have a commit of their own, which the writer completes by what stands before that very commit. Of an
// EventVoided or EventCorrected: where its target is, the version that it replaces and the one that replaces it, which must
// be as good as a new event. So whoever folds the log needs no schema for it. Of a PeriodClosed: what its unit hands in, a
// scorecard that counts all commits before and nothing else. Who closes a quarter again is told that it is recorded if
// nothing has changed, else what is handed in now is recorded beside what was.
//
// A PlanActivated holds a whole plan. The writer records the one by which it checks before it takes any event, unless it is
// in force in the log already; nobody sends it.
//
// Facts, voids and corrections that concern a quarter closed before are recorded like all others. Their receipt warns that
// they are late.
//
// What a caller is told is true: "new" and "recorded" mean durable, "refused" means not in the log. Where that cannot be
// said yet the answer is an error, and the errors say so; sending the same events again is safe always.
package intake
