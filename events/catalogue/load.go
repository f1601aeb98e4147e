package catalogue

import (
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// Folder is where the schemas are in a plan.
const Folder = "events"

// Load reads the schemas of a plan, the files events/<Type>.v<N>.json. It lists the mistakes in every file, in the order
// of the files; the catalogue is nil if there is one.
func Load(fsys fs.FS) (*Catalogue, []events.Mistake) {
	entries, err := fs.ReadDir(fsys, Folder)
	if err != nil {
		return nil, []events.Mistake{{File: Folder, Text: want("cannot read the folder of the event schemas: "+reason(err), "无法读取事件模式目录:"+reason(err)),
			Hint: want("a plan has a file events/<Type>.v1.json for each type of event", "方案中每种事件有一个文件 events/<Type>.v1.json")}}
	}
	c := &Catalogue{byName: make(map[string]*Type)}
	var mistakes []events.Mistake
	for _, e := range entries {
		if !isSchema(e) {
			continue
		}
		t, wrong := loadType(fsys, Folder+"/"+e.Name())
		mistakes = append(mistakes, wrong...)
		if t == nil {
			continue
		}
		if first, twice := c.byName[t.Name]; twice {
			mistakes = append(mistakes, events.Mistake{File: Folder + "/" + e.Name(),
				Text: want(t.Name+" is already defined by "+first.Schema(), t.Name+" 已由 "+first.Schema()+" 定义"), Hint: want("keep one version of a type", "每种事件只保留一个版本")})
			continue
		}
		c.byName[t.Name] = t
		c.types = append(c.types, t)
	}
	if len(mistakes) == 0 && len(c.types) == 0 {
		mistakes = append(mistakes, events.Mistake{File: Folder, Text: want("there is no event schema", "没有事件模式")})
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	slices.SortFunc(c.types, func(a, b *Type) int { return strings.Compare(a.Name, b.Name) })
	return c, nil
}

// isSchema leaves out what is not meant to be a schema: hidden files, and folders unless they are named like one.
func isSchema(e fs.DirEntry) bool {
	return !strings.HasPrefix(e.Name(), ".") && (!e.IsDir() || strings.HasSuffix(e.Name(), ".json"))
}

var fileName = regexp.MustCompile(`^([A-Z][A-Za-z0-9]{0,62})\.v([1-9][0-9]{0,3})$`)

func loadType(fsys fs.FS, file string) (*Type, []events.Mistake) {
	d := &document{file: file}
	base := strings.TrimSuffix(strings.TrimPrefix(file, Folder+"/"), ".json")
	name := fileName.FindStringSubmatch(base)
	if name == nil || !strings.HasSuffix(file, ".json") {
		d.mistakes = append(d.mistakes, events.Mistake{File: file, Text: want("the file name is not <Type>.v<N>.json", "文件名不是 <Type>.v<N>.json"),
			Hint: want("for example PatentGranted.v1.json", "例如 PatentGranted.v1.json")})
		if !strings.HasSuffix(file, ".json") {
			return nil, d.mistakes
		}
		name = []string{"", "", "1"}
	}
	text, err := ReadFile(fsys, file)
	if err != nil {
		d.mistakes = append(d.mistakes, events.Mistake{File: file, Text: Unreadable(err)})
		return nil, d.mistakes
	}
	d.text = text
	v := d.parse()
	if v == nil {
		return nil, d.mistakes
	}
	version, _ := strconv.Atoi(name[2])
	c := &compiler{document: d, typ: &Type{Name: name[1], Version: version, byName: make(map[string]*Field)}}
	c.root(v)
	if c.typ.Name == "" {
		return nil, d.mistakes
	}
	return c.typ, d.mistakes
}

// dialect is the only version of JSON Schema that schemas may be written in.
const dialect = "https://json-schema.org/draft/2020-12/schema"

// root compiles the whole document.
func (c *compiler) root(v *value) {
	t := c.typ
	t.data = c.schema(v, "", atRoot)
	if v.kind != '{' {
		return
	}
	c.must(v, "$schema", dialect)
	if t.Name != "" {
		c.must(v, "$id", t.Schema())
	}
	t.Title, t.Description = t.data.field.Title, t.data.field.Description
	t.Fields = t.data.field.Fields
	for _, f := range t.Fields {
		t.byName[f.Name] = f
	}
	t.Control = c.flag(v, "x-control")
	t.Day = events.Text{ZH: "日期", EN: "Date"}
	if w := v.get("x-day"); w != nil {
		t.Day = c.pair(w, "x-day")
	}
	t.Identity = c.names(v, "x-identity", c.keyField)
	t.Entity = c.names(v, "x-entity", c.keyField)
	c.counts(v)
}

// must notes a keyword that does not have the value that it must have.
func (c *compiler) must(v *value, keyword, text string) {
	w := v.get(keyword)
	switch {
	case w == nil:
		c.mistake(v.from, want(strconv.Quote(keyword)+" is missing", "缺少 "+strconv.Quote(keyword)), want(`write "`+keyword+`": "`+text+`"`, `请写 "`+keyword+`": "`+text+`"`))
	case w.kind != '"' || w.text != text:
		c.mistake(w.from, want(strconv.Quote(keyword)+" must be "+strconv.Quote(text), strconv.Quote(keyword)+" 应为 "+strconv.Quote(text)), phrase{})
	}
}

// keyField notes a name that cannot be part of an identity.
func (c *compiler) keyField(n *value) {
	if n.text == "day" {
		return
	}
	f, ok := c.typ.byName[n.text]
	if !ok {
		c.known(n, c.typ.data.record)
		return
	}
	if f.Kind == Array || f.Kind == Object {
		c.mistake(n.from, want(strconv.Quote(n.text)+" is a list or an object and names nothing", strconv.Quote(n.text)+" 是列表或对象,不能作为标识"), phrase{})
	}
}
