package indicators

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// The log keeps the plans by which its events were read: as a zip of exactly the files that a plan's hash covers, made
// of the very bytes that were hashed. Names are sorted and nothing tells of the machine or the hour, so that one release
// packs a plan into the same bytes each time; another may compress differently, which changes no file and no hash.

// Bounds of a plan. What Load takes can be packed, and what was packed can be unpacked.
const (
	maxFiles = 1000
	maxPlan  = 16 << 20 // bytes of all files together

	// maxArchive is the largest archive in bytes that fits one commit of the log: in base64, with an envelope around it.
	maxArchive = (events.MaxCommit - 8<<10) / 4 * 3
)

// ErrArchive says that bytes are not the archive of a plan: they are damaged, or were not made by [Load].
var ErrArchive = errors.New("not the archive of a plan")

// packer makes the archive of a plan.
type packer struct {
	buf          bytes.Buffer
	zip          *zip.Writer
	files, total int
}

func newPacker() *packer {
	p := &packer{}
	p.zip = zip.NewWriter(&p.buf)
	deflate, _ := flate.NewWriter(nil, flate.BestCompression) // fails for levels that there are not
	p.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		deflate.Reset(w) // one for all files, for it takes a megabyte, and they come one after the other
		return deflate, nil
	})
	return p
}

// add packs the next file in the order of names. It fails with errMuch if that is more than a plan may hold.
func (p *packer) add(name string, content []byte) error {
	p.files++
	p.total += len(content)
	if p.files > maxFiles || p.total > maxPlan {
		return errMuch
	}
	w, err := p.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	return err
}

var errLarge = fmt.Errorf("compressed it has more than %d KiB, which do not fit one commit of the log", maxArchive>>10)

var errMuch = fmt.Errorf("a plan holds at most %d files and %d MiB", maxFiles, maxPlan>>20)

// cannotPack notes that the plan is not packed, from a file on.
func (l *loader) cannotPack(name string, err error) {
	text := events.Text{ZH: "无法打包方案:" + err.Error(), EN: "the plan cannot be packed: " + err.Error()}
	if errors.Is(err, errMuch) {
		text = events.Text{ZH: fmt.Sprintf("方案至多 %d 个文件、共 %d MiB,到这里已超出", maxFiles, maxPlan>>20), EN: errMuch.Error() + ", and here there is more"}
	}
	if errors.Is(err, errLarge) {
		text = events.Text{ZH: fmt.Sprintf("方案压缩后超过 %d KiB,写不进日志的一次提交;请精简说明文字或单位", maxArchive>>10),
			EN: fmt.Sprintf("the plan has more than %d KiB when compressed, which do not fit one commit of the log; shorten descriptions or lists", maxArchive>>10)}
	}
	l.mistakes = append(l.mistakes, events.Mistake{File: name, Text: text})
}

func (p *packer) close() ([]byte, error) {
	err := p.zip.Close()
	if err == nil && p.buf.Len() > maxArchive {
		err = errLarge
	}
	return p.buf.Bytes(), err
}

// Unpack returns the files of a plan from its [Plan.Archive], for [Load]. Archives come out of a log that others may write
// to, so nothing of one is believed: it holds the files of a plan by their plain names and nothing else, each once, and
// all of it was decompressed within the bounds of a plan before anything is returned. The archive must not be changed as
// long as the files are read.
func Unpack(archive []byte) (fs.FS, error) {
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrArchive, err)
	}
	if len(r.File) > maxFiles {
		return nil, fmt.Errorf("%w: %w", ErrArchive, errMuch)
	}
	seen := make(map[string]bool, len(r.File))
	var total int64
	for _, f := range r.File {
		size, err := examine(f)
		if err == nil && seen[f.Name] {
			err = errors.New("it is there twice")
		}
		if total += size; err == nil && total > maxPlan {
			err = errMuch
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %q: %w", ErrArchive, f.Name, err)
		}
		seen[f.Name] = true
	}
	return r, nil
}

// examine reads a file of an archive to its end, which checks its sum, and returns its true size. It stops where a file
// is larger than one of a plan can be, whatever the archive says of its size.
func examine(f *zip.File) (int64, error) {
	if !isPlanFile(f.Name) || !f.Mode().IsRegular() {
		return 0, errors.New("it is no file of a plan")
	}
	content, err := f.Open()
	if err != nil {
		return 0, err
	}
	defer content.Close()
	size, err := io.Copy(io.Discard, io.LimitReader(content, catalogue.MaxFile+1))
	if err == nil && size > catalogue.MaxFile {
		err = catalogue.ErrTooLarge
	}
	return size, err
}

// isPlanFile reports whether a plan may have a file of the name. There is no way out of the plan's folder among them.
func isPlanFile(name string) bool {
	switch name {
	case planFile, orgsFile, indicatorsFile:
		return true
	}
	schema, ok := strings.CutPrefix(name, catalogue.Folder+"/")
	return ok && fs.ValidPath(schema) && !strings.ContainsAny(schema, `/\`) && !strings.HasPrefix(schema, ".") && strings.HasSuffix(schema, ".json")
}
