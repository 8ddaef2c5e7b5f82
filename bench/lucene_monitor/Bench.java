import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.analysis.ar.ArabicAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.memory.MemoryIndex;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.queries.spans.SpanNearQuery;
import org.apache.lucene.queries.spans.SpanTermQuery;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.QueryBuilder;

/**
 * Bench SUBSCRIPTIONS.tsv ARTICLES.txt SECONDS CHECKED: lucene-monitor with the stock ArabicAnalyzer; one JSON line.
 *
 * All articles in turn, in one thread, as many seconds to warm up as are then measured. The first CHECKED articles are also
 * asked by each query alone.
 */
public final class Bench {
  private static final String FIELD = "text";

  public static void main(String[] args) throws Exception {
    QueryBuilder builder = new QueryBuilder(new ArabicAnalyzer());
    List<MonitorQuery> queries = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(args[0]), StandardCharsets.UTF_8)) {
      String[] f = line.split("\t", -1);
      queries.add(new MonitorQuery(f[0], query(builder, f[1], f[2], f[3], Integer.parseInt(f[4]))));
    }
    List<Document> articles = new ArrayList<>();
    for (String text : Files.readAllLines(Path.of(args[1]), StandardCharsets.UTF_8)) articles.add(document(text));
    long span = (long) (Double.parseDouble(args[2]) * 1e9);
    try (Monitor monitor = new Monitor(new ArabicAnalyzer())) {
      long began = System.nanoTime();
      monitor.register(queries);
      double built = (System.nanoTime() - began) / 1e9;
      run(monitor, articles, span, new ArrayList<>(), new ArrayList<>());
      List<Double> times = new ArrayList<>();
      List<Integer> counts = new ArrayList<>();
      long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      double seconds = run(monitor, articles, span, times, counts);
      cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu;
      long[] differ = compare(monitor, queries, articles.subList(0, Math.min(Integer.parseInt(args[3]), articles.size())));
      times.sort(null);
      counts.sort(null);
      System.out.printf(
          "{\"docs_s\": %.1f, \"docs_cpu_s\": %.1f, \"p99_ms\": %.2f, \"mean_matches\": %.2f, \"median_matches\": %d, \"wrong\": %d, \"missed\": %d, "
              + "\"checked\": %d, \"build_s\": %.2f, \"live_ms\": %.3f, \"rss_mb\": %d}%n",
          times.size() / seconds, times.size() / (cpu / 1e9), times.get((int) (times.size() * 0.99)), counts.stream().mapToInt(Integer::intValue).average().orElse(0),
          counts.get(counts.size() / 2), differ[0], differ[1], differ[2], built, live(monitor, builder), resident());
    }
  }

  private static Document document(String text) {
    Document document = new Document();
    document.add(new TextField(FIELD, text, Field.Store.NO));
    return document;
  }

  private static double run(Monitor monitor, List<Document> articles, long span, List<Double> times, List<Integer> counts)
      throws Exception {
    long began = System.nanoTime();
    do {
      for (Document article : articles) {
        long t = System.nanoTime();
        counts.add(monitor.match(article, QueryMatch.SIMPLE_MATCHER).getMatchCount());
        times.add((System.nanoTime() - t) / 1e6);
      }
    } while (System.nanoTime() < began + span);
    return (System.nanoTime() - began) / 1e9;
  }

  private static long[] compare(Monitor monitor, List<MonitorQuery> queries, List<Document> articles) throws Exception {
    long[] differ = new long[3]; // wrong, missed, asked
    for (Document article : articles) {
      MemoryIndex index = MemoryIndex.fromDocument(article, new ArabicAnalyzer());
      Set<String> together = new HashSet<>();
      monitor.match(article, QueryMatch.SIMPLE_MATCHER).getMatches().forEach(m -> together.add(m.getQueryId()));
      for (MonitorQuery query : queries) {
        boolean alone = index.search(query.getQuery()) > 0;
        if (alone != together.contains(query.getId())) differ[alone ? 1 : 0]++;
        differ[2]++;
      }
    }
    return differ;
  }

  private static double live(Monitor monitor, QueryBuilder builder) throws Exception {
    Document article = document("قال كلمة جديدة");
    long began = System.nanoTime();
    monitor.register(new MonitorQuery("new", query(builder, "phrase", "كلمه جديده", "", 0)));
    if (monitor.match(article, QueryMatch.SIMPLE_MATCHER).getMatchCount() < 1) throw new IllegalStateException("not live");
    return (System.nanoTime() - began) / 1e6;
  }

  private static long resident() throws Exception {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS")) return Long.parseLong(line.replaceAll("\\D", "")) >> 10;
    }
    return -1;
  }

  private static Query query(QueryBuilder builder, String kind, String words, String without, int distance) {
    if (kind.equals("phrase")) return orNothing(builder.createPhraseQuery(FIELD, words));
    if (kind.equals("near")) {
      SpanTermQuery[] sides = Arrays.stream(words.split(" ")).map(w -> builder.createBooleanQuery(FIELD, w))
          .filter(q -> q instanceof TermQuery).map(q -> new SpanTermQuery(((TermQuery) q).getTerm())).toArray(SpanTermQuery[]::new);
      return sides.length < 2 ? new MatchNoDocsQuery() : new SpanNearQuery(sides, distance, false);
    }
    Query all = orNothing(builder.createBooleanQuery(FIELD, words, Occur.MUST));
    Query not = without.isEmpty() ? null : builder.createBooleanQuery(FIELD, without);
    if (not == null) return all;
    return new BooleanQuery.Builder().add(all, Occur.MUST).add(not, Occur.MUST_NOT).build();
  }

  private static Query orNothing(Query query) {
    return query == null ? new MatchNoDocsQuery() : query;
  }
}
