package indicators_test

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

// TestClosingMustBePossible: a plan whose schema asks the sender for what the log fills in could never close a quarter.
func TestClosingMustBePossible(t *testing.T) {
	const file = "events/PeriodClosed.v1.json"
	for _, tt := range []struct{ name, old, now, want string }{
		{"the scorecard is asked for", `"required": ["quarter", "reason"]`, `"required": ["quarter", "reason", "scorecard"]`, "the field scorecard of PeriodClosed is filled in"},
		{"no reason is asked for", `"required": ["quarter", "reason"]`, `"required": ["quarter"]`, "the field reason of PeriodClosed must be"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := fstest.MapFS{}
			err := fs.WalkDir(deploy.Plan(), ".", func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				b, err := fs.ReadFile(deploy.Plan(), path)
				files[path] = &fstest.MapFile{Data: b}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			changed := bytes.Replace(files[file].Data, []byte(tt.old), []byte(tt.now), 1)
			if bytes.Equal(changed, files[file].Data) {
				t.Fatalf("%s has no %s", file, tt.old)
			}
			files[file] = &fstest.MapFile{Data: changed}
			_, mistakes := indicators.Load(files)
			if len(mistakes) != 1 || mistakes[0].File != file || !strings.Contains(mistakes[0].In(events.English), tt.want) {
				t.Errorf("mistakes %v, want one in %s: %s", mistakes, file, tt.want)
			}
		})
	}
}
