package catalogue

// Fields that mean the same in every type that has them (SEMANTICS 1.3): how many the event stands for, and whom it names.
const (
	countField    = "count"
	entitiesField = "entities"
)

// counts checks the fields that say how much an event counts, and notes where they are if the one follows from the other.
// They are read without a look at the schema, so that a schema that let anything else pass would take events which no
// figure can take in.
func (c *compiler) counts(v *value) {
	rec := c.typ.data.record
	count, ok1 := rec.index[countField]
	entities, ok2 := rec.index[entitiesField]
	if ok1 {
		c.countable(v.get("properties").get(countField), rec.props[count].rule)
	}
	if ok2 {
		c.nameable(v.get("properties").get(entitiesField), rec.props[entities].rule)
	}
	if !ok1 || !ok2 || rec.props[count].rule.kind != Integer || rec.props[entities].rule.kind != Array {
		return
	}
	if rec.props[count].fill != nil {
		c.mistake(v.get("properties").get(countField).get("default").from, want("count has no default where there are entities", "有 entities 时 count 不设默认值"),
			want("it is the number of entities named, at least 1", "默认即所列 entities 的个数,至少为 1"))
	}
	rec.count, rec.entities = count, entities
}

// countable notes a count that could be anything but a number of things.
func (c *compiler) countable(v *value, r *rule) {
	at := v.from
	if w := v.get("minimum"); w != nil {
		at = w.from
	}
	if w := v.get("type"); r.kind != Integer && w != nil {
		at = w.from
	}
	if r.kind != Integer || r.min == nil || *r.min < 1 {
		c.mistake(at, want("count is how many an event stands for: a whole number from 1", "count 是一条记录代表的数量:从 1 起的整数"),
			want(`write "type": ["integer", "null"], "minimum": 1; null says that the number is unknown`, `请写 "type": ["integer", "null"], "minimum": 1;null 表示数量不详`))
	}
}

// nameable notes entities that could be anything but a list of named things.
func (c *compiler) nameable(v *value, r *rule) {
	named := func(name string, required bool) bool {
		for _, f := range r.field.Items.Fields {
			if f.Name == name {
				return f.Kind == String && !f.Nullable && (f.Required || !required)
			}
		}
		return !required
	}
	if r.kind == Array && r.field.Items != nil && r.field.Items.Kind == Object && !r.field.Items.Nullable && named("name", true) && named("id", false) {
		return
	}
	c.mistake(v.from, want("entities is a list of objects with a name", "entities 是列表,每项是有 name 的对象"), phrase{
		EN: "each has name, a required text, and perhaps id, another text", ZH: "每项有必填文本 name,可另有文本 id"})
}
