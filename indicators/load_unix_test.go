//go:build unix

package indicators_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

// A pipe would keep its reader waiting for ever. The test hangs if one is opened.
func TestLoadDoesNotWaitAtPipes(t *testing.T) {
	for _, name := range []string{"plan.yaml", "orgs.yaml", "indicators.yaml", "events/TargetSet.v1.json", "events/.Hidden.v1.json", "events/notes.txt"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, goodPlan(t)); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, filepath.FromSlash(name))
			os.Remove(file)
			if err := syscall.Mkfifo(file, 0o600); err != nil {
				t.Skip("no pipes here:", err)
			}
			loaded, mistakes := indicators.Load(os.DirFS(dir))
			if hidden := name == "events/.Hidden.v1.json"; (loaded != nil) != hidden {
				t.Errorf("plan %v, mistakes %v", loaded, mistakes)
			}
			for _, m := range mistakes {
				if m.File != name {
					t.Errorf("%s is blamed: %s", m.File, m.In(events.English))
				}
			}
		})
	}
}
