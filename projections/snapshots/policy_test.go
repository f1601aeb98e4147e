package snapshots_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/kaohe/kaohe/projections/snapshots"
)

// mustParse reads snapshots such as "A12@0131": the fold by plan A after commit 12, recorded on 31 January at the last
// hour of the day in UTC, which is the next day in China. I stands for an index, a, b and i for another layout.
func mustParse(t *testing.T, s string) (metas []snapshots.Meta) {
	t.Helper()
	for _, word := range strings.Fields(s) {
		var seq uint64
		var date string
		if _, err := fmt.Sscanf(word[1:], "%d@%s", &seq, &date); err != nil {
			t.Fatalf("%q: %v", word, err)
		}
		recorded, err := time.Parse("20060102 15:04", "2018"+date+" 23:30")
		must(t, err)
		m := with(fold(seq), func(m *snapshots.Meta) { m.Recorded = recorded.In(time.FixedZone("", 8*3600)) })
		switch word[0] {
		case 'B', 'b':
			m.Rules = planB
		case 'I', 'i':
			m.Kind, m.Rules = snapshots.Index, ""
		}
		if strings.ContainsRune("abi", rune(word[0])) {
			m.Layout++
		}
		metas = append(metas, m)
	}
	return metas
}

func TestPolicy(t *testing.T) {
	for _, c := range []struct{ name, all, want string }{
		{"nothing", "", ""},
		{"the latest two folds", "A1@0301 A2@0302 A3@0303 A4@0304", "A4@0304 A3@0303"},
		{"the latest two indexes", "I1@0101 I2@0201 I3@0301 I4@0401", "I4@0401 I3@0301"},
		{"folds and indexes do not stand in for each other", "A1@0301 I2@0302 I3@0303 I4@0304", "I4@0304 I3@0303 A1@0301"},
		{
			"of each month the last fold", "A1@0101 A2@0131 A3@0201 A4@0202 A5@0228 A6@0401 A7@0402 A8@0403",
			"A8@0403 A7@0402 A5@0228 A2@0131",
		},
		{"the month goes by UTC", "A1@0131 A2@0201 A3@0301 A4@0302", "A4@0302 A3@0301 A2@0201 A1@0131"},
		{"the last of a month by whatever plan", "A1@0101 B2@0102 A3@0201 A4@0202 A5@0203", "A5@0203 A4@0202 B2@0102"},
		{"where two plans have it, by the one in force", "A2@0101 B2@0101 A3@0301 A4@0302", "A4@0302 A3@0301 A2@0101"},
		{"another plan has no latest two", "B1@0301 B2@0302 B3@0303 A4@0304 A5@0305", "A5@0305 A4@0304"},
		{"the latest two are by the plan in force, though older", "A1@0301 A2@0302 B3@0303 B4@0304", "B4@0304 A2@0302 A1@0301"},
		{"pinned commits, by whatever plan", "A7@0101 B7@0101 A8@0102 A9@0103 B9@0103 A10@0301 A11@0302",
			"A11@0302 A10@0301 A9@0103 A7@0101 B7@0101"},
		{"what is pinned and recent counts as recent", "A5@0301 A6@0302 A7@0303 A8@0304", "A8@0304 A7@0303"},
		{"what cannot be read goes, pinned or not", "a7@0303 b8@0404 i9@0505 I3@0301 A2@0302", "I3@0301 A2@0302"},
		{"what cannot be read takes no place", "A1@0226 A2@0227 a3@0228 A4@0301 A5@0302 a6@0303", "A5@0302 A4@0301 A2@0227"},
	} {
		policy := snapshots.Policy{
			Rules:   planA,
			Layouts: map[snapshots.Kind]uint32{snapshots.Fold: layout, snapshots.Index: layout},
			Pinned:  map[uint64]bool{7: true},
		}
		all := mustParse(t, c.all)
		for range 5 {
			before := slices.Clone(all)
			kept := policy.Keep(all)
			if diff := cmp.Diff(mustParse(t, c.want), kept); diff != "" && len(kept)+len(c.want) > 0 {
				t.Fatalf("%s: Keep() (-want +got):\n%s", c.name, diff)
			}
			if !slices.Equal(before, all) {
				t.Fatalf("%s: Keep() changes what it was given", c.name)
			}
			if again := policy.Keep(kept); !slices.Equal(again, kept) {
				t.Fatalf("%s: Keep() of what was kept = %v, want all of it", c.name, again)
			}
			rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		}
	}
}

func TestPruneFollowsThePolicy(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	for _, m := range mustParse(t, "A1@0301 A2@0302 A3@0303 I3@0303 B3@0303") {
		mustSave(t, s, m, nil)
	}
	must(t, s.Prune(snapshots.Policy{Rules: planA, Layouts: map[snapshots.Kind]uint32{snapshots.Fold: layout}}))
	want := []string{"fold-0000000000000002-a1a1a1a1a1a1.snap", "fold-0000000000000003-a1a1a1a1a1a1.snap"}
	if diff := cmp.Diff(want, names(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]uint64{3, 2}, seqs(s.List())); diff != "" {
		t.Errorf("List() (-want +got):\n%s", diff)
	}
}
