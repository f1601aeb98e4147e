package quality_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators/quality"
)

// failingT is what newEvent fails with inside of a property.
type failingT = *failing

func drawLog(t *rapid.T) (log []events.Event, sizes []int) {
	for range rapid.IntRange(1, 60).Draw(t, "events") {
		log = append(log, drawEvent(t, &failing{}, log))
	}
	for left := len(log); left > 0; left -= sizes[len(sizes)-1] {
		sizes = append(sizes, rapid.IntRange(1, left).Draw(t, "size"))
	}
	return log, sizes
}

func inCommits(r *rig, log []events.Event, sizes []int, each func()) {
	for _, n := range sizes {
		r.append(log[:n]...)
		log = log[n:]
		each()
	}
}

// TestFindingsAreThoseOfTheNaiveChecks: however a log came to be, and however it was cut into commits, with voids, voids of voids
// and corrections, at each commit the findings are those that going through the live events finds.
func TestFindingsAreThoseOfTheNaiveChecks(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		log, sizes := drawLog(rt)
		r := newRig(t, treePlan())
		defer r.stop()
		inCommits(r, log, sizes, func() {
			if rapid.IntRange(0, 3).Draw(rt, "look") > 0 && len(r.at) < len(log) {
				return
			}
			got := withoutCodes(r.shorts())
			slices.Sort(got)
			if want := naiveFindings(liveEvents(log[:len(r.at)])); !cmp.Equal(got, want) {
				for i, e := range log[:len(r.at)] {
					rt.Logf("%d %s %s %s %s", i, e.Type, e.Time[:10], e.Org, e.Data)
				}
				rt.Fatalf("after %d events (-naive +found):\n%s", len(r.at), cmp.Diff(want, got))
			}
		})
	})
}

// withoutCodes leaves out what the naive checks do not look at: DQ-01 and DQ-02, of which a table has all there is to say.
func withoutCodes(list []string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s[:5] == "DQ-01" || s[:5] == "DQ-02" })
}

// TestPagesAreTheWholeList: the pages of any size, one after the other, are the list, the worst first, and the counts are right.
func TestPagesAreTheWholeList(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		log, sizes := drawLog(rt)
		r := newRig(t, treePlan())
		defer r.stop()
		inCommits(r, log, sizes, func() {})
		q := quality.Query{
			Org: rapid.IntRange(0, r.plan.Orgs.Len()-1).Draw(rt, "org"), Limit: rapid.IntRange(1, 5).Draw(rt, "limit"),
			Rule: rapid.SampledFrom([]string{"", "", "DQ-13", "DQ-09"}).Draw(rt, "rule"), Severity: rapid.SampledFrom(append(quality.Severities(), "")).Draw(rt, "severity"),
		}
		whole := q
		whole.Limit = 1 << 20
		want := r.page(whole)
		var got []quality.Finding
		for {
			p := r.page(q)
			got = append(got, p.Findings...)
			if len(p.Findings) > q.Limit || !cmp.Equal(p.Counts, want.Counts) {
				rt.Fatalf("page of %d with counts %v, want %v", len(p.Findings), p.Counts, want.Counts)
			}
			if q.After = p.Next; q.After == "" {
				break
			}
		}
		if !cmp.Equal(got, want.Findings) && len(got)+len(want.Findings) > 0 {
			rt.Fatalf("pages (-list +pages):\n%s", cmp.Diff(want.Findings, got))
		}
		counts, seen := map[quality.Severity]int{quality.Error: 0, quality.Warn: 0, quality.Info: 0}, map[string]bool{}
		for i, f := range got {
			counts[f.Severity]++
			if seen[f.ID] {
				rt.Fatalf("two findings have the id %s", f.ID)
			}
			seen[f.ID] = true
			if i > 0 && slices.Index(quality.Severities(), got[i-1].Severity) > slices.Index(quality.Severities(), f.Severity) {
				rt.Fatalf("%s comes after %s", f.ID, got[i-1].ID)
			}
			if q.Rule != "" && f.Rule != q.Rule || q.Severity != "" && f.Severity != q.Severity || !r.under(f.Org, q.Org) {
				rt.Fatalf("%+v was not asked for by %+v", f, q)
			}
		}
		if !cmp.Equal(counts, want.Counts) {
			rt.Fatalf("counts %v, want %v", want.Counts, counts)
		}
	})
}

func (r *rig) under(code string, org int) bool {
	i, _ := r.plan.Orgs.Index(code)
	return r.plan.Orgs.Under(i, org)
}

// TestNoticeSaysWhatTheListWillSay: what is said of new events is what the findings say once they are read, and it makes no
// difference whether they were read already, or come again.
func TestNoticeSaysWhatTheListWillSay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		log, sizes := drawLog(rt)
		var fresh []events.Event
		for range rapid.IntRange(1, 4).Draw(rt, "fresh") {
			e := newEvent(&failing{}, drawFact(rt), "fresh")
			e.ID += string(rune('a' + len(fresh)))
			fresh = append(fresh, e)
		}
		r := newRig(t, treePlan())
		defer r.stop()
		inCommits(r, log, sizes, func() {})
		before := r.shorts()
		early := r.watch.Notice(fresh)
		if after := r.shorts(); !cmp.Equal(before, after) {
			rt.Fatalf("asking has changed the findings:\n%s", cmp.Diff(before, after))
		}
		r.append(fresh...)
		list := r.findings()
		late := r.watch.Notice(fresh)
		for i := range fresh {
			want := concerning(r, list, r.at[len(log)+i])
			if got := checksOf(late, i); !cmp.Equal(got, want) {
				rt.Fatalf("of event %d (-list +notice):\n%s", i, cmp.Diff(want, got))
			}
			if got := checksOf(early, i); !cmp.Equal(got, want) {
				rt.Fatalf("of event %d, before it was recorded (-list +notice):\n%s", i, cmp.Diff(want, got))
			}
		}
	})
}

// concerning lists the checks of findings about an event that a receipt would name, but for what depends on a target's weight.
func concerning(r *rig, list []quality.Finding, at events.Position) []string {
	checks := []string{}
	for _, f := range list {
		if f.Severity != quality.Info && slices.Contains(f.Events, at) {
			checks = append(checks, f.Rule+"/"+f.Check)
		}
	}
	slices.Sort(checks)
	return checks[:min(len(checks), 10)]
}

func checksOf(said [][]quality.Finding, i int) []string {
	checks := []string{}
	if said != nil {
		for _, f := range said[i] {
			checks = append(checks, f.Rule+"/"+f.Check)
		}
	}
	slices.Sort(checks)
	return checks
}
