package snapshots_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/kaohe/kaohe/projections/snapshots"
)

// FuzzLoad reads arbitrary bytes as a file, as they are and with checksums that fit, so that what comes behind the
// checksums is tried as well. What can be read can be saved and comes back the same.
func FuzzLoad(f *testing.F) {
	for _, s := range mustSpecimens(f) {
		f.Add(s.file)
		f.Add(s.file[:len(s.file)*2/3])
		f.Add(append(bytes.Clone(s.file), "more"...))
		for _, at := range []int{8, 12, 24, 106, 112, snapshots.HeaderSize, len(s.file) - 1} {
			if at < len(s.file) {
				b := bytes.Clone(s.file)
				b[at] ^= 0x11
				f.Add(b)
			}
		}
	}
	f.Add([]byte{})
	f.Add([]byte("kaohesnp"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) > 1000 {
			return // a long table lets a sealed file ask for much memory, as a long file may
		}
		for _, file := range [][]byte{file, snapshots.Seal(file)} {
			m, payload, err := snapshots.Decode(bytes.NewReader(file), int64(len(file)))
			if err != nil {
				if !errors.Is(err, snapshots.ErrDamaged) && !errors.Is(err, snapshots.ErrLayout) {
					t.Fatalf("Decode() = %v, want ErrDamaged or ErrLayout", err)
				}
				continue
			}
			s := mustOpen(t, t.TempDir())
			mustSave(t, s, m, payload)
			checkLoads(t, s, m, payload)
		}
	})
}
