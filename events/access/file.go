package access

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kaohe/kaohe/events/durable"
)

// File is the name of the file in a data directory that holds the tokens.
const File = "tokens.json"

// Bounds of a file.
const (
	maxTokens = 10_000
	maxFile   = 8 << 20
	version   = 1
)

// entry is a token as it is kept.
type entry struct {
	Token
	hash hash
}

// document is the file.
type document struct {
	Version int      `json:"version"`
	Tokens  []record `json:"tokens"`
}

type record struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Org     string    `json:"org"`
	Can     []string  `json:"can"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"`
	Revoked time.Time `json:"revoked,omitzero"`
	SHA256  string    `json:"sha256"`
}

// decode reads a file. It takes nothing that encode does not write, but for blanks and the order of members.
func decode(b []byte) ([]entry, error) {
	var d document
	if err := json.Unmarshal(b, &d, json.RejectUnknownMembers(true)); err != nil {
		return nil, err
	}
	switch {
	case d.Version != version:
		return nil, fmt.Errorf("it is of version %d, this program reads version %d", d.Version, version)
	case len(d.Tokens) == 0:
		return nil, errors.New("it holds no token")
	case len(d.Tokens) > maxTokens:
		return nil, fmt.Errorf("it holds %d tokens, more than %d", len(d.Tokens), maxTokens)
	}
	entries, taken := make([]entry, len(d.Tokens)), map[string]bool{}
	for i := range d.Tokens {
		e, err := d.Tokens[i].entry()
		if err == nil && (taken[e.ID] || taken[e.Name]) {
			err = errors.New("its name or id is another's")
		}
		if err != nil {
			return nil, fmt.Errorf("token %d: %w", i+1, err)
		}
		taken[e.ID], taken[e.Name] = true, true
		entries[i] = e
	}
	return entries, nil
}

func (r *record) entry() (entry, error) {
	can, err := ParseAbilities(r.Can)
	switch {
	case err != nil:
		return entry{}, err
	case !validID(r.ID):
		return entry{}, errors.New("its id is none")
	case !validName(r.Name):
		return entry{}, errors.New("its name is none")
	case !validOrg(r.Org):
		return entry{}, errors.New("its org is none")
	case r.Created.IsZero():
		return entry{}, errors.New("it lacks the time at which it was made")
	}
	e := entry{Token: Token{r.ID, r.Name, r.Org, can, r.Created, r.Expires, r.Revoked}}
	sum, err := hex.DecodeString(r.SHA256)
	if err != nil || len(sum) != len(e.hash) || hex.EncodeToString(sum) != r.SHA256 {
		return entry{}, errors.New("its sha256 is none")
	}
	e.hash = hash(sum)
	return e, nil
}

func validID(s string) bool {
	_, err := letters.DecodeString(s)
	return err == nil && len(s) == idLength
}

// encode writes a file, one token a line.
func encode(entries []entry) ([]byte, error) {
	d := document{Version: version, Tokens: make([]record, len(entries))}
	for i := range entries {
		e := &entries[i]
		d.Tokens[i] = record{e.ID, e.Name, e.Org, e.Can.Names(), e.Created, e.Expires, e.Revoked, hex.EncodeToString(e.hash[:])}
	}
	b, err := json.Marshal(&d, jsontext.WithIndent(" "))
	return append(b, '\n'), err
}

// read returns the content of a file and what was read. A file that grows beyond all bounds is not read to its end.
func read(path string) ([]byte, os.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() { // to open a pipe would be to wait for who writes to it, with everybody who wants to be let in
		return nil, info, errors.New("it is not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return nil, nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(b) > maxFile {
		err = fmt.Errorf("it has more than %d bytes", maxFile)
	}
	return b, info, err
}

// replace writes a file anew, whole or not at all.
func replace(path string, b []byte) error {
	name := path + ".tmp"
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err := errors.Join(err, adopt(f), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	if err := os.Rename(name, path); err != nil {
		return err
	}
	return durable.SyncDir(filepath.Dir(path))
}
